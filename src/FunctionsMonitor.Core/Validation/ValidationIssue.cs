namespace FunctionsMonitor.Validation;

/// <summary>One finding about one event.</summary>
/// <param name="Field">The field at fault; null when it is the event as a whole.</param>
/// <param name="Code">The rule's name.</param>
/// <param name="Severity">Only errors fail an event.</param>
/// <param name="Message">For people.</param>
/// <param name="Original">The field's JSON as it was received, where it could not be kept in its place.</param>
public sealed record ValidationIssue(string? Field, string Code, Severity Severity, string Message, ReadOnlyMemory<byte>? Original = null);
