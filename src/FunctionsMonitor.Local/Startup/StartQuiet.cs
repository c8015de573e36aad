namespace FunctionsMonitor.Local.Startup;

/// <summary>While the host starts, the framework's own reports of a failed start are held back: the start guard says it in one line.</summary>
internal sealed class StartQuiet
{
    private volatile bool ended;

    /// <summary>The host has started; from here on everything is said.</summary>
    public void End() => ended = true;

    public bool Lets(string? category, LogLevel level)
    {
        if (category is null || !category.StartsWith("Microsoft.", StringComparison.Ordinal))
            return level >= LogLevel.Information;

        return ended && level >= LogLevel.Warning;
    }
}
