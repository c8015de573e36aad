namespace FunctionsMonitor.Validation;

/// <summary>How bad a finding is: only errors fail an event.</summary>
public enum Severity
{
    Info,
    Warning,
    Error,
}
