using System.Buffers;
using System.Text.Json;

namespace FunctionsMonitor.Local.Demo;

/// <summary>
/// Makes up the traffic of a small web shop: the same seed and times give the same bytes. Mostly good events, about one in twenty-five
/// invalid, now and then one sent twice. Every event says in its metadata that it is a demo.
/// </summary>
/// <param name="seed">Decides everything but the times.</param>
internal sealed class DemoEvents(int seed)
{
    private const int DuplicateEvery = 12;
    private const int BurstEvery = 20;
    private const int BurstEvents = 60;
    private const double InvalidShare = 0.04;
    private static readonly JsonWriterOptions Plain = new() { SkipValidation = true };
#pragma warning disable CA5394 // Not for secrets: sample data that must be the same for the same seed.
    private readonly Random random = new(seed);
    private byte[]? toRepeat;
    private int requests;

    /// <summary>The next request; its events happened within the second before <paramref name="now"/>.</summary>
    public DemoRequest Next(DateTimeOffset now)
    {
        requests++;
        var format = random.Next(10);
        var count = requests % BurstEvery == 0 ? BurstEvents : format < 2 ? 1 : random.Next(4, 21);
        var events = new List<byte[]>(count + 1);
        var invalid = 0;
        for (var i = 0; i < count; i++)
        {
            var at = now.AddMilliseconds(-1000.0 * (count - i) / count);
            if (random.NextDouble() < InvalidShare)
            {
                events.Add(Invalid(at));
                invalid++;
            }
            else
            {
                events.Add(Valid(at));
            }
        }

        var duplicates = 0;
        if (requests % DuplicateEvery == 0 && toRepeat is { } repeated)
        {
            events.Add(repeated);
            duplicates = 1;
        }

        return events.Count == 1
            ? new("application/json", events[0], 1, invalid, 0)
            : format < 7
                ? new("application/x-ndjson", Join(events, "", "\n", "\n"), events.Count, invalid, duplicates)
                : new("application/json", Join(events, "[", ",", "]"), events.Count, invalid, duplicates);
    }

    private byte[] Valid(DateTimeOffset at)
    {
        // An event is only recognised when it comes again if it brought an id of its own; some clients send none.
        var hasId = random.Next(3) > 0;
        var content = random.Next(100) switch
        {
            < 35 => Write(at, hasId, "page.viewed", "web-shop", PageViewed),
            < 50 => Write(at, hasId, "checkout.completed", "web-shop", CheckoutCompleted),
            < 54 => Write(at, hasId, "checkout.failed", "web-shop", CheckoutFailed),
            < 70 => Write(at, hasId, "user.login", "auth-service", UserLogin),
            < 80 => Write(at, hasId, "job.completed", $"batch-worker-{random.Next(1, 4)}", JobCompleted),
            _ => Write(at, hasId, "sensor.reading", $"warehouse-{random.Next(1, 3)}", SensorReading),
        };
        if (hasId)
            toRepeat = content;
        return content;
    }

    /// <summary>What clients get wrong: a field missing, of the wrong kind, or too long.</summary>
    private byte[] Invalid(DateTimeOffset at) => random.Next(4) switch
    {
        0 => Write(at, hasId: true, null, "web-shop", PageViewed),
        1 => Write(at, hasId: true, "job.completed", null, JobCompleted),
        2 => Write(at, hasId: true, "user.login", "auth-service", null),
        _ => Write(at, hasId: true, "sensor.reading." + new string('x', 50), "warehouse-1", SensorReading),
    };

    private byte[] Write(DateTimeOffset at, bool hasId, string? type, string? source, Action<Utf8JsonWriter>? writeData)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            if (hasId)
                json.WriteString("event_id", NextId());
            if (type is not null)
                json.WriteString("event_type", type);
            json.WriteString("timestamp", at.UtcDateTime);
            if (source is not null)
                json.WriteString("source", source);
            if (writeData is null)
            {
                json.WriteString("data", "should have been an object");
            }
            else
            {
                json.WriteStartObject("data");
                writeData(json);
                json.WriteEndObject();
            }

            json.WriteStartObject("metadata");
            json.WriteBoolean("demo", true);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void PageViewed(Utf8JsonWriter json)
    {
        json.WriteString("path", Pick("/", "/sale", "/product/1138", "/product/4711", "/basket"));
        json.WriteNumber("status", random.Next(50) == 0 ? 500 : 200);
        json.WriteNumber("duration_ms", random.Next(8, 240));
    }

    private void CheckoutCompleted(Utf8JsonWriter json)
    {
        json.WriteString("order", $"A-{random.Next(100_000, 1_000_000)}");
        json.WriteNumber("items", random.Next(1, 7));
        json.WriteNumber("amount", random.Next(500, 25_000) / 100m);
        json.WriteString("currency", Pick("EUR", "USD", "GBP"));
        json.WriteString("payment", Pick("card", "invoice", "wallet"));
    }

    private void CheckoutFailed(Utf8JsonWriter json)
    {
        json.WriteString("order", $"A-{random.Next(100_000, 1_000_000)}");
        json.WriteString("reason", Pick("card declined", "out of stock", "address unknown"));
    }

    private void UserLogin(Utf8JsonWriter json)
    {
        json.WriteString("user", $"user-{random.Next(1, 400)}");
        json.WriteString("method", Pick("password", "passkey", "single sign-on"));
        json.WriteBoolean("succeeded", random.Next(12) > 0);
    }

    private void JobCompleted(Utf8JsonWriter json)
    {
        json.WriteString("job", Pick("invoices", "stock-sync", "newsletter", "search-index"));
        json.WriteNumber("duration_ms", random.Next(300, 90_000));
        json.WriteNumber("records", random.Next(1, 20_000));
    }

    private void SensorReading(Utf8JsonWriter json)
    {
        json.WriteString("sensor", $"shelf-{random.Next(1, 25)}");
        json.WriteNumber("celsius", random.Next(-40, 320) / 10m);
        json.WriteNumber("humidity", random.Next(20, 90));
    }

    private string Pick(params ReadOnlySpan<string> choices) => choices[random.Next(choices.Length)];

    /// <summary>A version 4 UUID from the seed.</summary>
    private Guid NextId()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
#pragma warning restore CA5394

    private static byte[] Join(List<byte[]> events, string before, string between, string after)
    {
        var body = new MemoryStream();
        body.Write(System.Text.Encoding.ASCII.GetBytes(before));
        for (var i = 0; i < events.Count; i++)
        {
            if (i > 0)
                body.Write(System.Text.Encoding.ASCII.GetBytes(between));
            body.Write(events[i]);
        }

        body.Write(System.Text.Encoding.ASCII.GetBytes(after));
        return body.ToArray();
    }
}
