namespace FunctionsMonitor.TestSupport;

/// <summary>What a test needs and a machine may not have: without it the test is skipped on a laptop, and fails in CI.</summary>
public static class RequiredTool
{
    /// <summary>Skips or fails the running test unless all commands are on the path.</summary>
    public static void Ensure(params ReadOnlySpan<string> commands)
    {
        foreach (var command in commands)
        {
            if (!IsOnPath(command))
                Missing($"'{command}' is not on the path.");
        }
    }

    /// <summary>Skips or fails the running test.</summary>
    public static void Missing(string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
            throw new InvalidOperationException($"CI must run this test: {reason}");
        Assert.Skip(reason);
    }

    private static bool IsOnPath(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, command)) || File.Exists(Path.Combine(folder, command + ".exe")));
}
