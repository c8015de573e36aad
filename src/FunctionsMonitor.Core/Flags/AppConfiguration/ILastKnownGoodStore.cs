namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>
/// Keeps one small document where every instance finds it: the last good answer of App Configuration, for whoever starts while that is down.
/// The last writer wins; each writes what it was just told, and whoever was told something older writes again when it is told the new.
/// </summary>
public interface ILastKnownGoodStore
{
    /// <summary>The document; null when nobody wrote one.</summary>
    ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Replaces it, as a whole or not at all.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken);
}
