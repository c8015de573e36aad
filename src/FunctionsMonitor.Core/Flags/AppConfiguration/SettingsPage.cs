namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>One page of a listing.</summary>
/// <param name="Settings">Null when the page is what the caller has already.</param>
/// <param name="Tag">The page's ETag. A page that is not modified comes without: the caller has that too.</param>
public sealed record SettingsPage(IReadOnlyList<RemoteSetting>? Settings, string? Tag);
