namespace FunctionsMonitor.Local.Startup;

/// <summary>What the process answers to its caller.</summary>
internal static class ExitCodes
{
    /// <summary>It did what it was asked to do.</summary>
    public const int Success = 0;

    /// <summary>Something went wrong that is not the caller's doing.</summary>
    public const int Failure = 1;

    /// <summary>An argument or a setting is wrong; nothing was started.</summary>
    public const int Usage = 2;
}
