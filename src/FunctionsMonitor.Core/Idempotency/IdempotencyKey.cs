using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using FunctionsMonitor.Events;

namespace FunctionsMonitor.Idempotency;

/// <summary>What a client calls one request, so that sending it again is the same request. One name space for the whole deployment.</summary>
public sealed class IdempotencyKey
{
    public const int MaxLength = 255;
    private readonly byte[] hash;

    private IdempotencyKey(string text)
    {
        hash = SHA256.HashData(Encoding.ASCII.GetBytes(text));
        Id = Convert.ToHexStringLower(hash);
    }

    /// <summary>What a store keeps it under: <see cref="IdempotencyRecord.KeyId"/>.</summary>
    public string Id { get; }

    /// <summary>
    /// Reads the value of a header: 1 to <see cref="MaxLength"/> visible ASCII characters, bare, or as the quoted string of a structured field
    /// (RFC 9651), as draft-ietf-httpapi-idempotency-key-header asks for; both spellings are the same key.
    /// </summary>
    public static bool TryParse(string value, [NotNullWhen(true)] out IdempotencyKey? key)
    {
        var text = value.StartsWith('"') ? Unquote(value) : value;
        key = text is { Length: >= 1 and <= MaxLength } && !text.AsSpan().ContainsAnyExceptInRange('!', '~') ? new IdempotencyKey(text) : null;
        return key is not null;
    }

    /// <summary>
    /// The id of an event that brought none: a UUIDv8 (RFC 9562, section 5.8) of the key and the event's place in the request, so that every try
    /// and every instance gives it the same.
    /// </summary>
    public Guid EventId(int index)
    {
        Span<byte> name = stackalloc byte[SHA256.HashSizeInBytes + sizeof(int)];
        hash.CopyTo(name);
        BinaryPrimitives.WriteInt32BigEndian(name[SHA256.HashSizeInBytes..], index);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(name, digest);
        return HashedId.Of(digest);
    }

    /// <returns>Null when it is not one whole quoted string.</returns>
    private static string? Unquote(string value)
    {
        var text = new StringBuilder(value.Length);
        for (var i = 1; i < value.Length; i++)
        {
            var character = value[i];
            if (character == '"')
                return i == value.Length - 1 ? text.ToString() : null;
            if (character == '\\' && (++i == value.Length || (character = value[i]) is not ('"' or '\\')))
                return null;

            text.Append(character);
        }

        return null;
    }
}
