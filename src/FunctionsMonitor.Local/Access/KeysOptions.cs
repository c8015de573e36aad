namespace FunctionsMonitor.Local.Access;

/// <summary>The keys a client shows in <c>x-functions-key</c>. Section <c>Keys</c>: all three, or none. Needed off loopback.</summary>
internal sealed class KeysOptions
{
    public const string Section = "Keys";
    public const int MinLength = 16;
    public const int MaxLength = 256;

    /// <summary>Opens ingest and nothing else.</summary>
    /// <value>None; 16 to 256 printable ASCII characters, different from the others.</value>
    public string? Ingest { get; set; }

    /// <summary>Opens everything that only reads.</summary>
    /// <value>None; 16 to 256 printable ASCII characters, different from the others.</value>
    public string? Read { get; set; }

    /// <summary>Opens flush, replay, discard and the breakers, and reading.</summary>
    /// <value>None; 16 to 256 printable ASCII characters, different from the others.</value>
    public string? Operate { get; set; }

    /// <summary>At least one is given.</summary>
    public bool Any => !string.IsNullOrEmpty(Ingest) || !string.IsNullOrEmpty(Read) || !string.IsNullOrEmpty(Operate);
}
