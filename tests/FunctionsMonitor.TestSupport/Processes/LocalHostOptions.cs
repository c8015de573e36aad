namespace FunctionsMonitor.TestSupport.Processes;

/// <summary>How to start a local host.</summary>
public sealed record LocalHostOptions
{
    /// <summary>The current folder of the process; its data go to <c>data</c> below. Give the same one again to start over on the same data.</summary>
    public required string Folder { get; init; }

    /// <summary>A free port of 127.0.0.1 unless told otherwise; null leaves the choice to environment and default.</summary>
    public string? Urls { get; init; } = "http://127.0.0.1:0";

    /// <summary>Beyond <c>--urls</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Settings by the names of their environment variables, such as <c>MONITORING_BATCH_SIZE</c>. Nothing else is inherited.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Sent in <c>x-functions-key</c> by <see cref="LocalHostProcess.Client"/>.</summary>
    public string? Key { get; init; }

    /// <summary>
    /// What must answer 200 before the start is over; null: it is over as soon as the host listens. What stands behind the default looks at more than a
    /// first request of a user needs.
    /// </summary>
    public string? ReadyPath { get; init; } = "/health/ready";

    /// <summary>Of another build; by default the program of the build that these tests are of.</summary>
    public string Program { get; init; } = LocalHostProcess.ProgramPath;

    /// <summary>Where it keeps everything.</summary>
    public string DataPath
    {
        get => field ?? Path.Combine(Folder, "data");
        init;
    }
}
