namespace FunctionsMonitor.IntegrationTests.Support;

/// <summary>How a process ended, and what it said.</summary>
public sealed record ProcessResult(int ExitCode, string Output, string Error);
