namespace FunctionsMonitor.Events.CloudEvents;

/// <summary>Who may deliver CloudEvents, asked for in the handshake of a webhook. Section <c>CloudEvents</c>.</summary>
public sealed class CloudEventsOptions
{
    public const string Section = "CloudEvents";

    /// <summary>What Azure Event Grid calls itself.</summary>
    public const string DefaultAllowedOrigins = "eventgrid.azure.net";

    /// <summary>Every sender.</summary>
    public const string AnyOrigin = "*";

    public const int MaxAllowedRate = 1_000_000;

    /// <summary>
    /// Names that senders give themselves, separated by commas; <c>*</c> for every one, nothing for none. The handshake protects the web from
    /// senders that are told to flood somebody; what protects this app is the key, which a delivery needs all the same.
    /// </summary>
    /// <value><c>eventgrid.azure.net</c>.</value>
    public string AllowedOrigins { get; set; } = DefaultAllowedOrigins;

    /// <summary>Requests a minute that a sender is asked not to exceed; 0 for no limit. What is beyond it is taken all the same.</summary>
    /// <value>0; 0 to 1,000,000.</value>
    public int AllowedRate { get; set; }

    internal string[] Origins => AllowedOrigins.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What a sender of this name is told; null when it is not allowed.</summary>
    public string? Allow(string origin)
    {
        foreach (var allowed in Origins)
        {
            if (allowed == AnyOrigin || allowed.Equals(origin, StringComparison.OrdinalIgnoreCase))
                return allowed;
        }

        return null;
    }
}
