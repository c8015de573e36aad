using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Hashing;
using System.Text;
using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Problems;

namespace FunctionsMonitor.Http.Binding;

/// <summary>
/// Where the next page begins, as text that says nothing to a client: <c>kind 1 | hash of the filters 8 | key</c> in base64url. The hash is
/// no secret; it keeps a cursor from being used with other filters, where it would silently leave a part out.
/// </summary>
internal static class Cursor
{
    private const int HeadBytes = 9;

    public static string Write(CursorKind kind, string filters, ReadOnlySpan<byte> key)
    {
        Span<byte> bytes = stackalloc byte[HeadBytes + key.Length];
        bytes[0] = (byte)kind;
        BinaryPrimitives.WriteUInt64BigEndian(bytes[1..], Hash(filters));
        key.CopyTo(bytes[HeadBytes..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <returns>The key, of exactly the given length.</returns>
    /// <exception cref="ProblemException">It is not a cursor of this list, or one of the same list with other filters.</exception>
    public static byte[] Read(CursorKind kind, string filters, string text, int keyBytes)
    {
        if (!Base64Url.IsValid(text))
            throw NotACursor();

        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length != HeadBytes + keyBytes || bytes[0] != (byte)kind)
            throw NotACursor();
        if (BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(1)) != Hash(filters))
            throw ProblemException.InvalidParameter(
                QueryParameters.Cursor.Name, "'cursor' belongs to other filters; send the ones it was made with, or begin without a cursor.");

        return bytes[HeadBytes..];
    }

    private static ulong Hash(string filters) => XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(filters));

    private static ProblemException NotACursor() => ProblemException.InvalidParameter(
        QueryParameters.Cursor.Name, "'cursor' is not one that this list has given; take next_cursor of an answer, as it is.");
}
