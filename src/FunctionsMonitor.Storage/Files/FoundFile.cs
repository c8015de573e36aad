namespace FunctionsMonitor.Storage.Files;

/// <summary>Makes something of a file that a listing has found: without a text for each name, of which there may be a million.</summary>
internal delegate T FoundFile<out T>(ReadOnlySpan<char> name, long bytes, DateTimeOffset modifiedAt);
