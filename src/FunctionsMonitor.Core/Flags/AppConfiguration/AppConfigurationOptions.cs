namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>Which Azure App Configuration store flags come from. Section <c>AppConfiguration</c>. One of the first two is needed, not both.</summary>
public sealed class AppConfigurationOptions
{
    public const string Section = "AppConfiguration";

    /// <summary>With an access key: <c>Endpoint=…;Id=…;Secret=…</c>.</summary>
    /// <value>Null; https, or http on loopback.</value>
    public string? ConnectionString { get; set; }

    /// <summary>Such as <c>https://name.azconfig.io</c>. No secret: the app's identity signs in.</summary>
    /// <value>Null; https, because a token is sent.</value>
    public Uri? Endpoint { get; set; }

    /// <summary>Which user-assigned managed identity signs in at <see cref="Endpoint"/>.</summary>
    /// <value>Null: the app's own identity, or on a developer's machine whoever is signed in there.</value>
    public string? ClientId { get; set; }

    /// <summary>A setting with this label goes before one without a label.</summary>
    /// <value>Null: only settings without a label; 1 to 256 characters, no <c>*</c>, comma or backslash.</value>
    public string? Label { get; set; }

    /// <summary>Who this app is to targeting filters and to the allocation of variants. The same for all instances, or they would part.</summary>
    /// <value><c>functionsmonitor</c>; 1 to 256 characters.</value>
    public string TargetingUser { get; set; } = "functionsmonitor";

    /// <summary>The groups it belongs to, separated by commas.</summary>
    /// <value>Null: none.</value>
    public string? TargetingGroups { get; set; }

    /// <summary>
    /// How long one attempt may take. Not <c>MONITORING_TIMEOUT_MS</c>: that comes from here, and a wrong one could never be taken back.
    /// </summary>
    /// <value>5 seconds; 100 ms to 1 minute.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a refresh, and so a start or a flush, waits for it while an older answer is known.</summary>
    /// <value>2 seconds; 0 to 1 minute.</value>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Where it is, whichever way that was said; null when that is wrong.</summary>
    internal Uri? Address => Endpoint ?? AppConfigurationConnectionString.EndpointOf(ConnectionString);

    internal IReadOnlyList<string> Groups => TargetingGroups?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
}
