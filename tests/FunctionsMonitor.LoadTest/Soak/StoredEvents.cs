using System.Text.Json;
using FunctionsMonitor.LoadTest.Hosts;

namespace FunctionsMonitor.LoadTest.Soak;

/// <summary>Everything that a host has stored, page by page, as any client reads it.</summary>
internal static class StoredEvents
{
    /// <summary>Names each of them to an oracle.</summary>
    public static async Task ReadAsync(HostClient client, SoakOracle oracle, CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var page = await client.GetBytesAsync("/events?limit=1000" + (cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}"), cancellationToken);
            cursor = ReadPage(page, oracle);
        }
        while (cursor is not null);
    }

    /// <returns>The next page's cursor.</returns>
    private static string? ReadPage(ReadOnlySpan<byte> page, SoakOracle oracle)
    {
        string? cursor = null;
        var reader = new Utf8JsonReader(page);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;

            // The events of a soak have nothing of these names inside.
            var (isId, isCursor) = (reader.ValueTextEquals("event_id"u8), reader.ValueTextEquals("next_cursor"u8));
            if (!isId && !isCursor)
                continue;

            reader.Read();
            if (isId)
                oracle.Found(reader.ValueSpan);
            else
                cursor = reader.GetString();
        }

        return cursor;
    }
}
