namespace FunctionsMonitor.Events;

/// <summary>Ids that are the same wherever and whenever they are made of the same thing.</summary>
internal static class HashedId
{
    /// <summary>A UUIDv8 (RFC 9562, section 5.8) of the first 122 bits of a hash that can be spared.</summary>
    /// <param name="digest">At least 16 bytes; changed.</param>
    public static Guid Of(Span<byte> digest)
    {
        digest[6] = (byte)(0x80 | (digest[6] & 0x0F));
        digest[8] = (byte)(0x80 | (digest[8] & 0x3F));
        return new Guid(digest[..16], bigEndian: true);
    }
}
