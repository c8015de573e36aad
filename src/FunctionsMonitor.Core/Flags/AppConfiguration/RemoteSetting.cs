namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>One setting as Azure App Configuration keeps it. Key and label together are its identity.</summary>
/// <param name="Key">Such as <c>.appconfig.featureflag/MONITORING_DUAL_MODE</c> or <c>FunctionsMonitor:MONITORING_BATCH_SIZE</c>.</param>
/// <param name="Label">Null when it has none.</param>
/// <param name="Value">Verbatim.</param>
/// <param name="ContentType">Says what the value is.</param>
/// <param name="Tag">Its ETag: another one with every change.</param>
public sealed record RemoteSetting(string Key, string? Label, string? Value, string? ContentType, string? Tag);
