using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace FunctionsMonitor.Events.CloudEvents;

/// <summary>
/// The <c>event_id</c> of a CloudEvent. Its identity is its <c>source</c> together with its <c>id</c>, so both go in; also of an id that is a
/// UUID itself, which two sources may well use for two events of one cause.
/// </summary>
internal static class CloudEventIdentity
{
    private const int StackBytes = 512;

    /// <param name="source">Unescaped, whole.</param>
    /// <param name="id">Unescaped, whole.</param>
    public static Guid Of(ReadOnlySpan<byte> source, ReadOnlySpan<byte> id)
    {
        var length = sizeof(int) + source.Length + id.Length;
        var rented = length > StackBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> name = rented ?? stackalloc byte[StackBytes];

        // The length tells where the one ends: a + bc is not ab + c.
        BinaryPrimitives.WriteInt32BigEndian(name, source.Length);
        source.CopyTo(name[sizeof(int)..]);
        id.CopyTo(name[(sizeof(int) + source.Length)..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(name[..length], digest);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);

        return HashedId.Of(digest);
    }
}
