using FunctionsMonitor.Idempotency;

namespace FunctionsMonitor.TestSupport.Idempotency;

/// <summary>What <see cref="IIdempotencyStore"/> promises; every store has a class that derives from this one.</summary>
public abstract class IdempotencyStoreContract
{
    /// <summary>Not whole milliseconds: a store that rounds would give a repeat another identity.</summary>
    protected const long Now = 1_790_000_000_123_457;

    private const long Day = 24L * 3600 * 1_000_000;
    private static readonly IdempotencyAnswer Accepted = new(202, "application/json; charset=utf-8", "{\"accepted\":1}"u8.ToArray());
    private static readonly IdempotencyAnswer Other = new(202, "application/json", "{\"accepted\":2}"u8.ToArray());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Rounds of the races; a store behind a network has fewer.</summary>
    protected virtual int Rounds => 30;

    /// <summary>Two objects on one empty place, as two processes have them.</summary>
    protected abstract ValueTask<(IIdempotencyStore One, IIdempotencyStore Other)> CreateAsync();

    [Fact]
    public async Task A_key_that_nobody_used_is_not_there()
    {
        var (store, _) = await CreateAsync();
        Assert.Null(await store.FindAsync(NewKeyId(), Now, Token));
    }

    [Fact]
    public async Task A_record_is_seen_by_everybody_as_it_was_created()
    {
        var (store, other) = await CreateAsync();
        var record = NewRecord();
        Assert.True(await store.TryCreateAsync(record, Token));
        foreach (var reader in new[] { store, other })
            AssertSame(record, await reader.FindAsync(record.KeyId, Now, Token));
        Assert.Null(await store.FindAsync(NewKeyId(), Now, Token));
    }

    [Fact]
    public async Task A_key_is_created_once_whatever_its_body()
    {
        var (store, other) = await CreateAsync();
        var record = NewRecord();
        Assert.True(await store.TryCreateAsync(record, Token));
        Assert.False(await store.TryCreateAsync(record, Token));
        Assert.False(await other.TryCreateAsync(NewRecord(record.KeyId) with { ReceivedAt = Now + 1 }, Token));
        AssertSame(record, await other.FindAsync(record.KeyId, Now, Token));
    }

    [Fact]
    public async Task Of_many_that_create_one_key_at_once_one_does()
    {
        var (store, other) = await CreateAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var keyId = NewKeyId();
            var created = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
                async () => await (i % 2 == 0 ? store : other).TryCreateAsync(NewRecord(keyId) with { ReceivedAt = Now + i }, Token), Token)));
            var winner = Assert.Single(Enumerable.Range(0, 8), i => created[i]);
            Assert.Equal(Now + winner, (await store.FindAsync(keyId, Now, Token))!.ReceivedAt);
        }
    }

    [Fact]
    public async Task An_answer_is_added_once_and_given_to_everybody()
    {
        var (store, other) = await CreateAsync();
        var record = NewRecord();
        await store.TryCreateAsync(record, Token);
        AssertSame(Accepted, await store.SetAnswerAsync(record, Accepted, Token));
        AssertSame(Accepted, await other.SetAnswerAsync(record, Other, Token));
        AssertSame(record with { Answer = Accepted }, await other.FindAsync(record.KeyId, Now, Token));
        Assert.False(await other.TryCreateAsync(record, Token));
        AssertSame(record with { Answer = Accepted }, await store.FindAsync(record.KeyId, Now, Token));
    }

    [Fact]
    public async Task Of_many_that_answer_at_once_all_are_given_the_same_one()
    {
        var (store, other) = await CreateAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var record = NewRecord();
            await store.TryCreateAsync(record, Token);
            var given = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(
                async () => await (i % 2 == 0 ? store : other).SetAnswerAsync(record, new(202, "text/plain", new byte[] { (byte)i }), Token), Token)));
            Assert.Single(given.Select(answer => answer.Body.Span[0]).Distinct());
            AssertSame(given[0], (await other.FindAsync(record.KeyId, Now, Token))!.Answer);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(IdempotencyAnswer.MaxBodyBytes)]
    public async Task An_answer_of_any_size_comes_back_to_the_byte(int bytes)
    {
        var (store, other) = await CreateAsync();
        var record = NewRecord();
        var body = new byte[bytes];
        new Random(bytes).NextBytes(body);
        var answer = new IdempotencyAnswer(422, "application/problem+json", body);
        await store.TryCreateAsync(record, Token);
        await store.SetAnswerAsync(record, answer, Token);
        AssertSame(answer, (await other.FindAsync(record.KeyId, Now, Token))!.Answer);
    }

    [Fact]
    public async Task An_answer_to_what_is_not_there_is_given_back_and_not_kept()
    {
        var (store, _) = await CreateAsync();
        var record = NewRecord();
        AssertSame(Accepted, await store.SetAnswerAsync(record, Accepted, Token));
        Assert.Null(await store.FindAsync(record.KeyId, Now, Token));
    }

    [Fact]
    public async Task A_record_is_found_until_it_expires_and_its_key_is_free_then()
    {
        var (store, other) = await CreateAsync();
        var record = NewRecord();
        await store.TryCreateAsync(record, Token);
        await store.SetAnswerAsync(record, Accepted, Token);
        Assert.NotNull(await store.FindAsync(record.KeyId, record.ExpiresAt - 1, Token));
        Assert.Null(await store.FindAsync(record.KeyId, record.ExpiresAt, Token));

        var early = NewRecord(record.KeyId) with { ReceivedAt = record.ExpiresAt - 1, ExpiresAt = record.ExpiresAt + Day };
        Assert.False(await other.TryCreateAsync(early, Token));
        var next = early with { ReceivedAt = record.ExpiresAt };
        Assert.True(await other.TryCreateAsync(next, Token));
        AssertSame(next, await store.FindAsync(record.KeyId, next.ReceivedAt, Token));
    }

    [Fact]
    public async Task A_late_answer_does_not_land_on_the_successor_of_an_expired_record()
    {
        var (store, other) = await CreateAsync();
        var record = NewRecord();
        var next = NewRecord(record.KeyId) with { ReceivedAt = record.ExpiresAt, ExpiresAt = record.ExpiresAt + Day };
        await store.TryCreateAsync(record, Token);
        await other.TryCreateAsync(next, Token);
        AssertSame(Accepted, await store.SetAnswerAsync(record, Accepted, Token));
        AssertSame(next, await store.FindAsync(record.KeyId, next.ReceivedAt, Token));
        AssertSame(Other, await other.SetAnswerAsync(next, Other, Token));
    }

    [Fact]
    public async Task A_purge_takes_what_has_expired_and_nothing_else()
    {
        var (store, other) = await CreateAsync();
        var records = Enumerable.Range(0, 10).Select(i => NewRecord() with { ExpiresAt = Now + i }).ToList();
        foreach (var record in records)
            await store.TryCreateAsync(record, Token);

        Assert.Equal(5, await PurgeAllAsync(other, Now + 4));
        foreach (var record in records.Take(5))
            Assert.Null(await store.FindAsync(record.KeyId, 0, Token));
        foreach (var record in records.Skip(5))
            AssertSame(record, await store.FindAsync(record.KeyId, 0, Token));
        Assert.Equal(0, await PurgeAllAsync(store, Now + 4));
    }

    protected static IdempotencyRecord NewRecord(string? keyId = null) => new()
    {
        KeyId = keyId ?? NewKeyId(),
        BodyHash = Guid.NewGuid().ToByteArray().Concat(Guid.NewGuid().ToByteArray()).ToArray(),
        ReceivedAt = Now,
        ExpiresAt = Now + Day,
    };

    private static string NewKeyId() => $"{Guid.NewGuid():N}{Guid.NewGuid():N}";

    private static async Task<int> PurgeAllAsync(IIdempotencyStore store, long now)
    {
        var total = 0;
        for (var call = 0; call < 100; call++)
        {
            var (deleted, isComplete) = await store.PurgeAsync(now, Token);
            total += deleted;
            if (isComplete)
                return total;
        }

        throw new InvalidOperationException("The purge does not come to an end.");
    }

    private static void AssertSame(IdempotencyRecord expected, IdempotencyRecord? found)
    {
        Assert.NotNull(found);
        Assert.Equal((expected.KeyId, expected.ReceivedAt, expected.ExpiresAt), (found.KeyId, found.ReceivedAt, found.ExpiresAt));
        Assert.Equal(expected.BodyHash.ToArray(), found.BodyHash.ToArray());
        AssertSame(expected.Answer, found.Answer);
    }

    private static void AssertSame(IdempotencyAnswer? expected, IdempotencyAnswer? found)
    {
        Assert.Equal((expected?.Status, expected?.ContentType), (found?.Status, found?.ContentType));
        Assert.Equal(expected?.Body.ToArray(), found?.Body.ToArray());
    }
}
