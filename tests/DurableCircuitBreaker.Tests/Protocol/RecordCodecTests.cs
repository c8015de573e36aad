using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using DurableCircuitBreaker.Protocol;
using DurableCircuitBreaker.Tests.Support;
using Polly.CircuitBreaker;

namespace DurableCircuitBreaker.Tests.Protocol;

public sealed class RecordCodecTests
{
    // Characters of one, two and three bytes, of other planes, controls, quotes and halves of pairs.
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String, Gen.Char['\0', '\uFFFF'].Array[0, 200].Select(chars => new string(chars)), Gen.Const("🔥🔥"), Gen.Const("日本語"), Gen.Const("\"\\\r\n\u2028"));

    private static readonly Gen<DateTimeOffset> Times = Gen.DateTimeOffset;

    private static readonly Gen<BreakerRecord> Records =
        from state in Gen.Enum<CircuitState>()
        from epoch in Gen.Long[0, long.MaxValue / 4]
        from revision in Gen.Long[0, long.MaxValue / 4]
        from opened in Times.Nullable()
        from until in Times.Nullable()
        from breaks in Gen.Int[0, 1000]
        from reason in Texts.Select(text => Causes.Clean(text, BreakerLimits.MaxCause)).Null()
        from probe in Gen.Select(Texts, Texts, Times, (owner, host, at) => new ProbeLease(Name(owner), Name(host), at)).Null()
        from votes in Gen.Select(Texts, Times, Texts, (host, at, cause) => new BreakerVote(Name(host), at, Cause(cause))).List[0, 4]
        from runs in Gen.Select(Texts, Gen.Int, Times, (host, count, at) => new FailureRun(Name(host), count, at)).List[0, 4]
        from transitions in Gen.Select(
            Times, Gen.Enum<CircuitState>(), Gen.Enum<CircuitState>(), Texts, Texts, (at, left, to, host, cause) =>
                new BreakerTransition(at, left, to, Name(host), "i", Cause(cause))).List[0, 4]
        select new BreakerRecord
        {
            State = state,
            Epoch = epoch,
            Revision = revision,
            OpenedAt = opened,
            OpenUntil = until,
            BreakCount = breaks,
            Reason = reason,
            Probe = probe,
            Votes = votes,
            Runs = runs,
            Transitions = transitions,
        };

    [Fact]
    public void Every_record_comes_back_as_it_was() => Records.Sample(record =>
    {
        var back = RecordCodec.Decode(RecordCodec.Encode(record));
        Assert.Equal(record with { Votes = [], Runs = [], Transitions = [] }, back with { Votes = [], Runs = [], Transitions = [] });
        Assert.Equal(record.Votes, back.Votes);
        Assert.Equal(record.Runs, back.Runs);
        Assert.Equal(record.Transitions, back.Transitions);
    });

    [Fact]
    public void A_record_is_readable_by_an_operator()
    {
        var text = Breakers.Text(Breakers.Open());
        Assert.StartsWith("{\"version\":1,\"record\":{\"state\":\"Open\",\"epoch\":4,", text, StringComparison.Ordinal);
        Assert.Contains("\"openUntil\":\"2026-11-24T12:01:00+00:00\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("state")]
    [InlineData("epoch")]
    [InlineData("revision")]
    [InlineData("nonce")]
    [InlineData("votes")]
    [InlineData("runs")]
    [InlineData("transitions")]
    public void What_every_writer_writes_may_not_be_missing(string member)
    {
        var stored = JsonNode.Parse(RecordCodec.Encode(Breakers.Open()))!;
        Assert.True(stored["record"]!.AsObject().Remove(member));
        Assert.Throws<RecordFormatException>(() => RecordCodec.Decode(Encoding.UTF8.GetBytes(stored.ToJsonString())));
    }

    [Fact]
    public void A_member_that_a_neighbour_of_the_same_version_added_is_passed_over()
    {
        var stored = JsonNode.Parse(RecordCodec.Encode(Breakers.Open()))!;
        stored["record"]!["colour"] = "red";
        stored["by"] = "x";
        Breakers.AssertSame(Breakers.Open(), RecordCodec.Decode(Encoding.UTF8.GetBytes(stored.ToJsonString())));
    }

    [Theory]
    [InlineData("""{"version":2}""")]
    [InlineData("""{"version":2147483647,"record":{"state":"Melted"}}""")]
    [InlineData("""{"version":2,"record":null}""")]
    public void A_newer_version_is_told_from_garbage(string text)
    {
        var exception = Assert.Throws<RecordFormatException>(() => RecordCodec.Decode(Encoding.UTF8.GetBytes(text)));
        Assert.True(exception.IsNewer);
        Assert.Contains("this library knows 1", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("true")]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{"version":0,"record":{}}""")]
    [InlineData("""{"version":-1,"record":{}}""")]
    [InlineData("""{"version":1.5,"record":{}}""")]
    [InlineData("""{"version":99999999999,"record":{}}""")]
    [InlineData("""{"version":"1","record":{}}""")]
    [InlineData("""{"version":null,"record":{}}""")]
    [InlineData("""{"version":1,"record":null}""")]
    [InlineData("""{"version":1,"record":[]}""")]
    [InlineData("""{"version":1,"record":{}} trailing""")]
    public void Garbage_is_refused_as_such(string text)
    {
        var exception = Assert.Throws<RecordFormatException>(() => RecordCodec.Decode(Encoding.UTF8.GetBytes(text)));
        Assert.False(exception.IsNewer);
    }

    [Theory]
    [InlineData("state", "\"Melted\"")]
    [InlineData("state", "77")]
    [InlineData("state", "null")]
    [InlineData("epoch", "\"4\"")]
    [InlineData("epoch", "-4")]
    [InlineData("epoch", "9223372036854775807")]
    [InlineData("epoch", "92233720368547758070")]
    [InlineData("revision", "-1")]
    [InlineData("revision", "9223372036854775807")]
    [InlineData("breakCount", "-1")]
    [InlineData("successes", "-1")]
    [InlineData("successes", "2147483647")]
    [InlineData("openUntil", "\"tomorrow\"")]
    [InlineData("nonce", "null")]
    [InlineData("votes", "null")]
    [InlineData("votes", "{}")]
    [InlineData("votes", "[null]")]
    [InlineData("votes", "[{}]")]
    [InlineData("votes", "[{\"host\":null,\"at\":\"2026-01-01T00:00:00Z\",\"cause\":\"x\"}]")]
    [InlineData("runs", "[null]")]
    [InlineData("runs", "[{}]")]
    [InlineData("transitions", "[null]")]
    [InlineData("transitions", "[{}]")]
    [InlineData("probe", "{}")]
    public void One_wrong_member_spoils_a_record(string member, string value)
    {
        var stored = JsonNode.Parse(RecordCodec.Encode(Breakers.Open()))!;
        stored["record"]![member] = JsonNode.Parse(value);
        Assert.False(Assert.Throws<RecordFormatException>(() => RecordCodec.Decode(Encoding.UTF8.GetBytes(stored.ToJsonString()))).IsNewer);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused() =>
        Assert.False(Assert.Throws<RecordFormatException>(() => RecordCodec.Decode(new byte[] { 0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x3A, 0x31, 0x7D })).IsNewer);

    [Fact]
    public void Whatever_the_bytes_are_the_answer_is_a_record_or_that_one_exception() =>
        Gen.OneOf(Gen.Byte.Array, Records.SelectMany(record => Mutations(RecordCodec.Encode(record)))).Sample(bytes =>
        {
            try
            {
                var record = RecordCodec.Decode(bytes);
                // What is taken for a record can be worked with.
                _ = BreakerProtocol.BidFrom(record, Breakers.A, Breakers.Settings);
                _ = BreakerProtocol.CastVote(record, Breakers.A, record.Epoch, "x", Breakers.Noon, Breakers.Settings);
                _ = BreakerProtocol.LongestRun(record, Breakers.Noon, Breakers.Settings);
                _ = RecordCodec.Encode(record);
            }
            catch (RecordFormatException)
            {
                // The other answer.
            }
        });

    [Fact]
    public void Json_nested_deeper_than_anybody_writes_it_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 100_000));
        Assert.False(Assert.Throws<RecordFormatException>(() => RecordCodec.Decode(Encoding.UTF8.GetBytes($$"""{"version":1,"record":{{deep}}"""))).IsNewer);
    }

    [Theory]
    [InlineData('a')]
    [InlineData('日')]
    [InlineData('\uE000')]
    [InlineData('"')]
    [InlineData('\u0001')]
    [InlineData('\uD83D')]
    public void The_largest_record_fits_a_property_of_an_azure_table(char filler)
    {
        var text = new string(filler, 1000);
        var largest = Largest(text);
        var bytes = RecordCodec.Encode(largest);
        Assert.InRange(bytes.Length, 20_000, 64 * 1024);
        Assert.InRange(Encoding.UTF8.GetCharCount(bytes), 20_000, 32 * 1024);
        Assert.Equal(largest.Transitions, RecordCodec.Decode(bytes).Transitions);
    }

    private static BreakerRecord Largest(string text)
    {
        var far = DateTimeOffset.MaxValue;
        var (name, cause) = (Name(text), Cause(text));
        return new BreakerRecord
        {
            State = CircuitState.Isolated,
            Epoch = long.MaxValue / 4,
            Revision = long.MaxValue / 4,
            Nonce = new string('f', 32),
            OpenedAt = far,
            OpenUntil = far,
            ClosedAt = far,
            BreakCount = 1000,
            Reason = cause,
            Probe = new(name, name, far),
            FailedProbeHost = name,
            Successes = 100,
            Votes = [.. Enumerable.Repeat(new BreakerVote(name, far, cause), BreakerLimits.MaxVotes)],
            Runs = [.. Enumerable.Repeat(new FailureRun(name, 1000, far), BreakerLimits.MaxRuns)],
            Transitions =
                [.. Enumerable.Repeat(new BreakerTransition(far, CircuitState.HalfOpen, CircuitState.HalfOpen, name, name, cause), BreakerLimits.MaxTransitions)],
        };
    }

    private static Gen<byte[]> Mutations(byte[] bytes) =>
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte, (at, value) =>
        {
            var changed = (byte[])bytes.Clone();
            changed[at] = value;
            return changed;
        });

    private static string Name(string text) => Causes.Clean(text, BreakerLimits.MaxName);

    private static string Cause(string text) => Causes.Clean(text, BreakerLimits.MaxCause);
}
