using System.Collections.Concurrent;
using System.Text;
using DurableCircuitBreaker;
using DurableCircuitBreaker.Stores;

namespace FunctionsMonitor.TestSupport.Breakers;

/// <summary>
/// What <see cref="IBreakerStateStore"/> promises; every store has a class that derives from this one. Breakers rely on all of it: a store that
/// passes may be shared by any number of them.
/// </summary>
public abstract class BreakerStateStoreContract<TStore>
    where TStore : IBreakerStateStore
{
    private const string Name = "orders";
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Rounds of the races; a store behind a network has fewer.</summary>
    protected virtual int Rounds => 200;

    /// <summary>Two objects on one empty place, as two processes have them; the same one twice where the place is the object.</summary>
    protected abstract ValueTask<(TStore One, TStore Other)> CreateAsync();

    [Fact]
    public async Task What_nobody_wrote_has_no_value_and_no_tag_but_the_time()
    {
        var (store, _) = await CreateAsync();
        var reading = await store.ReadAsync(Name, Cancelled);
        Assert.Null(reading.Content);
        Assert.Null(reading.Tag);
        AssertIsNow(reading.Time);
    }

    [Fact]
    public async Task A_new_value_is_read_by_everybody_with_the_tag_that_its_writer_got()
    {
        var (store, other) = await CreateAsync();
        var writing = await store.WriteAsync(Name, Bytes("one"), null, Cancelled);
        Assert.True(writing.IsWritten);
        foreach (var reader in new[] { store, other })
            await AssertHasAsync(reader, "one", writing.Tag);
    }

    [Fact]
    public async Task A_value_is_created_once()
    {
        var (store, other) = await CreateAsync();
        var first = await store.WriteAsync(Name, Bytes("one"), null, Cancelled);
        Assert.False((await store.WriteAsync(Name, Bytes("two"), null, Cancelled)).IsWritten);
        Assert.False((await other.WriteAsync(Name, Bytes("one"), null, Cancelled)).IsWritten);
        await AssertHasAsync(store, "one", first.Tag);
    }

    [Fact]
    public async Task A_value_is_replaced_by_whoever_has_its_tag()
    {
        var (store, other) = await CreateAsync();
        var first = await store.WriteAsync(Name, Bytes("a longer first value"), null, Cancelled);
        var second = await other.WriteAsync(Name, Bytes("two"), first.Tag, Cancelled);
        Assert.True(second.IsWritten);
        await AssertHasAsync(store, "two", second.Tag);

        var third = await store.WriteAsync(Name, Bytes("three"), (await store.ReadAsync(Name, Cancelled)).Tag, Cancelled);
        Assert.True(third.IsWritten);
        await AssertHasAsync(other, "three", third.Tag);
    }

    [Fact]
    public async Task A_value_is_not_replaced_by_whoever_has_an_old_tag()
    {
        var (store, other) = await CreateAsync();
        var first = await store.WriteAsync(Name, Bytes("one"), null, Cancelled);
        var second = await store.WriteAsync(Name, Bytes("two"), first.Tag, Cancelled);
        var late = await other.WriteAsync(Name, Bytes("late"), first.Tag, Cancelled);
        Assert.False(late.IsWritten);
        AssertIsNow(late.Time);
        await AssertHasAsync(store, "two", second.Tag);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("made-up")]
    [InlineData("\"\"")]
    [InlineData("W/\"datetime'2026-11-24T12%3A00%3A00.0000000Z'\"")]
    public async Task A_value_is_not_replaced_by_whoever_made_a_tag_up(string tag)
    {
        var (store, _) = await CreateAsync();
        var first = await store.WriteAsync(Name, Bytes("one"), null, Cancelled);
        var writing = await store.WriteAsync(Name, Bytes("two"), tag, Cancelled);
        Assert.False(writing.IsWritten);
        AssertIsNow(writing.Time);
        await AssertHasAsync(store, "one", first.Tag);
    }

    [Fact]
    public async Task Nothing_is_created_by_whoever_has_a_tag()
    {
        var (store, _) = await CreateAsync();
        var elsewhere = await store.WriteAsync("another", Bytes("one"), null, Cancelled);
        Assert.False((await store.WriteAsync(Name, Bytes("two"), elsewhere.Tag, Cancelled)).IsWritten);
        Assert.False((await store.WriteAsync(Name, Bytes("two"), "made-up", Cancelled)).IsWritten);
        Assert.Null((await store.ReadAsync(Name, Cancelled)).Content);
    }

    [Fact]
    public async Task The_same_bytes_written_again_have_another_tag()
    {
        var (store, other) = await CreateAsync();
        var tags = new List<string> { (await store.WriteAsync(Name, Bytes("A"), null, Cancelled)).Tag! };
        for (var i = 0; i < 20; i++)
            tags.Add((await store.WriteAsync(Name, Bytes(i % 2 == 0 ? "B" : "A"), tags[^1], Cancelled)).Tag!);

        Assert.Distinct(tags);
        Assert.False((await other.WriteAsync(Name, Bytes("C"), tags[0], Cancelled)).IsWritten);
        await AssertHasAsync(store, "A", tags[^1]);
    }

    [Fact]
    public async Task Names_have_nothing_to_do_with_each_other()
    {
        var (store, _) = await CreateAsync();
        string[] names = ["orders", "Orders", "ORDERS", "orders~dry-run", "orders.breaker", "orders.new"];
        var tags = new Dictionary<string, string?>();
        foreach (var name in names)
            tags[name] = (await store.WriteAsync(name, Bytes(name), null, Cancelled)).Tag;

        tags["orders"] = (await store.WriteAsync("orders", Bytes("changed"), tags["orders"], Cancelled)).Tag;
        Assert.NotNull(tags["orders"]);
        foreach (var name in names)
        {
            await AssertHasAsync(store, name == "orders" ? "changed" : name, tags[name], name);
            Assert.True((await store.WriteAsync(name, Bytes("again"), tags[name], Cancelled)).IsWritten);
        }
    }

    [Theory]
    [MemberData(nameof(StoreCases.Contents), MemberType = typeof(StoreCases), DisableDiscoveryEnumeration = true)]
    public async Task Bytes_come_back_as_they_were(string content)
    {
        var (store, other) = await CreateAsync();
        var bytes = Bytes(content);
        var created = await store.WriteAsync(Name, bytes, null, Cancelled);
        Assert.Equal(bytes, (await other.ReadAsync(Name, Cancelled)).Content!.Value.ToArray());
        await store.WriteAsync(Name, Bytes("-"), created.Tag, Cancelled);
        Assert.True((await store.WriteAsync(Name, bytes, (await store.ReadAsync(Name, Cancelled)).Tag, Cancelled)).IsWritten);
        Assert.Equal(bytes, (await other.ReadAsync(Name, Cancelled)).Content!.Value.ToArray());
    }

    [Theory]
    [InlineData("w")]
    [InlineData("漢")]
    [InlineData("😀")]
    [InlineData("\uE000")]
    [InlineData("\"")]
    [InlineData("\u0001")]
    public async Task The_largest_record_that_a_breaker_can_write_is_kept(string character)
    {
        var (store, other) = await CreateAsync();
        var bytes = LargestRecord.Encoded(character);
        var created = await store.WriteAsync(Name, bytes, null, Cancelled);
        Assert.True((await store.WriteAsync(Name, bytes, created.Tag, Cancelled)).IsWritten);
        Assert.Equal(bytes, (await other.ReadAsync(Name, Cancelled)).Content!.Value.ToArray());
    }

    [Fact]
    public async Task A_value_is_not_kept_by_reference()
    {
        var (store, other) = await CreateAsync();
        var bytes = Bytes("one");
        var writing = await store.WriteAsync(Name, bytes, null, Cancelled);
        bytes.AsSpan().Clear();
        await AssertHasAsync(store, "one", writing.Tag);
        await AssertHasAsync(other, "one", writing.Tag);
    }

    [Fact]
    public async Task Of_many_writers_at_once_exactly_one_wins()
    {
        const int writers = 8;
        var (one, other) = await CreateAsync();
        string? tag = null;
        for (var round = 0; round < Rounds; round++)
        {
            using var start = new ManualResetEventSlim();
            var attempts = Enumerable.Range(0, writers).Select(i => Task.Run(async () =>
            {
                start.Wait(Generous);
                var content = $"{round}.{i}";
                return (content, Writing: await (i % 2 == 0 ? one : other).WriteAsync(Name, Bytes(content), tag, Cancelled));
            })).ToList();
            start.Set();
            var results = await Task.WhenAll(attempts).WaitAsync(Generous, Cancelled);

            var winner = Assert.Single(results, result => result.Writing.IsWritten);
            await AssertHasAsync(other, winner.content, winner.Writing.Tag);
            tag = winner.Writing.Tag;
        }
    }

    [Fact]
    public async Task A_reader_never_sees_half_a_value()
    {
        var (writer, reader) = await CreateAsync();
        var written = new ConcurrentDictionary<string, char>();
        var tag = (await writer.WriteAsync(Name, Bytes("a"), null, Cancelled)).Tag!;
        written[tag] = 'a';

        var writing = Task.Run(async () =>
        {
            for (var i = 1; i <= Rounds; i++)
            {
                // Long and short ones in turn, each of one letter.
                var letter = (char)('a' + i % 26);
                tag = (await writer.WriteAsync(Name, Bytes(new string(letter, i % 2 == 0 ? 30_000 : 10 + i)), tag, Cancelled)).Tag!;
                written[tag] = letter;
            }
        });
        var seen = new List<(string Tag, string Content)>();
        do
        {
            var reading = await reader.ReadAsync(Name, Cancelled);
            seen.Add((reading.Tag!, Text(reading.Content)));
        }
        while (!writing.IsCompleted);

        await writing.WaitAsync(Generous, Cancelled);
        Assert.All(seen, one => Assert.Equal($"{written[one.Tag]}", string.Concat(one.Content.Distinct())));
    }

    [Fact]
    public async Task Every_name_that_was_written_is_listed_and_nothing_else()
    {
        var (store, other) = await CreateAsync();
        Assert.Empty(await ListAsync(store));
        await store.ReadAsync("only-read", Cancelled);
        await store.WriteAsync("only-tried", Bytes("x"), "made-up", Cancelled);
        Assert.Empty(await ListAsync(store));

        string[] names = ["orders", "Orders", "a", "b~dry-run", "X.y_Z", new string('x', BreakerNames.MaxStoreLength)];
        foreach (var name in names)
        {
            var writing = await store.WriteAsync(name, Bytes("1"), null, Cancelled);
            await store.WriteAsync(name, Bytes("2"), writing.Tag, Cancelled);
        }

        Assert.Equal(names.Order(StringComparer.Ordinal), (await ListAsync(store)).Order(StringComparer.Ordinal));
        Assert.Equal(names.Order(StringComparer.Ordinal), (await ListAsync(other)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(StoreCases.RightNames), MemberType = typeof(StoreCases))]
    public async Task A_right_name_is_kept(string name)
    {
        var (store, other) = await CreateAsync();
        var writing = await store.WriteAsync(name, Bytes(name), null, Cancelled);
        await AssertHasAsync(other, name, writing.Tag, name);
        Assert.Equal([name], await ListAsync(store));
    }

    [Theory]
    [MemberData(nameof(StoreCases.WrongNames), MemberType = typeof(StoreCases))]
    public async Task A_wrong_name_is_refused(string? name)
    {
        var (store, _) = await CreateAsync();
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await store.ReadAsync(name!, Cancelled));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await store.WriteAsync(name!, Bytes("x"), null, Cancelled));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await store.WriteAsync(name!, Bytes("x"), "tag", Cancelled));
        Assert.Empty(await ListAsync(store));
    }

    [Fact]
    public async Task A_cancelled_call_ends_and_changes_nothing()
    {
        var (store, _) = await CreateAsync();
        var writing = await store.WriteAsync(Name, Bytes("one"), null, Cancelled);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.ReadAsync(Name, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.WriteAsync(Name, Bytes("two"), writing.Tag, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.WriteAsync("new", Bytes("two"), null, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await ListAsync(store, cancelled.Token));
        await AssertHasAsync(store, "one", writing.Tag);
        Assert.Equal([Name], await ListAsync(store));
    }

    [Fact]
    public async Task The_time_is_the_machines_and_does_not_go_back()
    {
        var (store, other) = await CreateAsync();
        var last = DateTimeOffset.UnixEpoch;
        string? tag = null;
        for (var i = 0; i < 20; i++)
        {
            var writing = await store.WriteAsync(Name, Bytes($"{i}"), tag, Cancelled);
            tag = writing.Tag;
            foreach (var time in new[] { writing.Time, (await other.ReadAsync(Name, Cancelled)).Time })
            {
                AssertIsNow(time);
                // A Date header is cut to the second.
                Assert.True(time >= last - TimeSpan.FromSeconds(1), $"{time:O} after {last:O}");
                last = time;
            }
        }
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte>? content) => Encoding.UTF8.GetString(content!.Value.Span);

    private static async Task AssertHasAsync(TStore store, string content, string? tag, string name = Name)
    {
        var reading = await store.ReadAsync(name, Cancelled);
        Assert.Equal(content, Text(reading.Content));
        Assert.NotNull(tag);
        Assert.Equal(tag, reading.Tag);
    }

    private static async Task<List<string>> ListAsync(TStore store, CancellationToken? cancellationToken = null)
    {
        var names = new List<string>();
        await foreach (var name in store.ListAsync(cancellationToken ?? Cancelled))
            names.Add(name);
        return names;
    }

    private static void AssertIsNow(DateTimeOffset time)
    {
        Assert.Equal(TimeSpan.Zero, time.Offset);
        Assert.InRange(time, TimeProvider.System.GetUtcNow() - Generous, TimeProvider.System.GetUtcNow() + Generous);
    }
}
