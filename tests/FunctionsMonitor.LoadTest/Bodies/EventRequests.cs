using System.Globalization;
using System.Text;
using FunctionsMonitor.LoadTest.Engine;

namespace FunctionsMonitor.LoadTest.Bodies;

/// <summary>
/// Requests full of events of 150 bytes, made once: from one to the next only the ids and the times change, in their places. For InfluxDB and
/// VictoriaMetrics the same facts in a hundred bytes, and what changes there are the id and the nanosecond, which is an event's identity to them.
/// </summary>
internal sealed class EventRequests : IRequests
{
    /// <summary>Every tenth of them has no source: an error, with which an event is stored all the same unless validation is strict.</summary>
    public const int InvalidEvery = 10;

    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
    private const int NanosecondDigits = 19;
    private static readonly string[] Types = ["cpu", "mem", "net", "dsk", "gpu"];
    private readonly byte[] template;
    private readonly int[] idsAt, timesAt;
    private readonly TimeProvider time;
    private readonly bool isLines;
    private readonly byte[] lastTime = new byte[TimeFormat.Length];
    private long next;

    /// <param name="path">Where to post them.</param>
    /// <param name="format">How.</param>
    /// <param name="events">In one request.</param>
    /// <param name="withInvalid">Every tenth event is invalid.</param>
    /// <param name="time">The events' own.</param>
    public EventRequests(string path, BodyFormat format, int events, bool withInvalid, TimeProvider time)
    {
        this.time = time;
        (Events, isLines) = (events, format == BodyFormat.LineProtocol);
        Expected = isLines ? default : Encoding.ASCII.GetBytes($"{{\"accepted\":{events},\"rejected\":0,");
        var body = new StringBuilder();
        var (ids, times) = (new List<int>(), new List<int>());
        body.Append(format == BodyFormat.JsonArray ? "[" : "");
        for (var i = 0; i < events; i++)
        {
            if (i > 0)
                body.Append(format == BodyFormat.JsonArray ? ',' : '\n');
            Append(body, i, ids, times, withInvalid && i % InvalidEvery == 0);
        }

        body.Append(format == BodyFormat.JsonArray ? "]" : "\n");
        var type = format switch { BodyFormat.LineProtocol => "text/plain", BodyFormat.NdJson => "application/x-ndjson", _ => "application/json" };
        var head = $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n";
        template = Encoding.ASCII.GetBytes(head + body);
        idsAt = [.. ids.Select(at => at + head.Length)];
        timesAt = [.. times.Select(at => at + head.Length)];
        BodyBytes = body.Length;
    }

    /// <summary>What the ids of all these events begin with.</summary>
    public string Prefix { get; } = EventNumber.NewPrefix();

    public int Events { get; }

    public ReadOnlyMemory<byte> Expected { get; init; }

    /// <summary>Of one request, without its headers.</summary>
    public int BodyBytes { get; }

    public byte[] NewBuffer() => [.. template];

    public long Prepare(byte[] buffer)
    {
        var first = next;
        next += Events;
        foreach (var (i, at) in idsAt.Index())
            EventNumber.Write(buffer.AsSpan(at, EventNumber.Digits), first + i);
        var now = time.GetUtcNow();
        if (isLines)
            WriteNanoseconds(buffer, (now - DateTimeOffset.UnixEpoch).Ticks * 100);
        else
            WriteTimes(buffer, now);
        return first;
    }

    private void Append(StringBuilder body, int index, List<int> ids, List<int> times, bool isInvalid)
    {
        var type = Types[index % Types.Length];
        var source = $"web-{index % 7}";
        var percent = 10 + (index % 90);
        if (isLines)
        {
            body.Append(CultureInfo.InvariantCulture, $"{type},source={source} event_id=\"{Prefix}");
            ids.Add(body.Length);
            body.Append('0', EventNumber.Digits).Append(CultureInfo.InvariantCulture, $"\",percent={percent}i ");
            times.Add(body.Length);
            body.Append('0', NanosecondDigits);
            return;
        }

        body.Append(CultureInfo.InvariantCulture, $"{{\"event_id\":\"{Prefix}");
        ids.Add(body.Length);
        body.Append('0', EventNumber.Digits).Append(CultureInfo.InvariantCulture, $"\",\"event_type\":\"{type}\",\"timestamp\":\"");
        times.Add(body.Length);
        body.Append('0', TimeFormat.Length).Append('"');
        if (!isInvalid)
            body.Append(CultureInfo.InvariantCulture, $",\"source\":\"{source}\"");
        body.Append(CultureInfo.InvariantCulture, $",\"data\":{{\"percent\":{percent}}}}}");
    }

    private void WriteTimes(byte[] buffer, DateTimeOffset now)
    {
        now.UtcDateTime.TryFormat(lastTime, out _, TimeFormat, CultureInfo.InvariantCulture);
        foreach (var at in timesAt)
            lastTime.CopyTo(buffer, at);
    }

    /// <summary>A nanosecond apart, and never the same one twice: to these servers that would be the same event.</summary>
    private void WriteNanoseconds(byte[] buffer, long now)
    {
        lastNanosecond = Math.Max(lastNanosecond + 1, now);
        foreach (var at in timesAt)
            (lastNanosecond++).TryFormat(buffer.AsSpan(at, NanosecondDigits), out _, default, CultureInfo.InvariantCulture);
    }

    private long lastNanosecond;
}
