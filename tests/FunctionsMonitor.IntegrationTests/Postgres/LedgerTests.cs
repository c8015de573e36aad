using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Postgres;

namespace FunctionsMonitor.IntegrationTests.Postgres;

/// <summary>Sums made by the server and rows looked at one by one are the same books.</summary>
public sealed class LedgerTests(LedgerTests.Lives lives) : IClassFixture<LedgerTests.Lives>
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task The_books_are_the_same_however_much_of_them_comes_as_a_sum(int rowsKept)
    {
        var expected = await CloseAsync(int.MaxValue);
        Assert.Equal(Lives.Names.Length, expected.Count);
        var actual = await CloseAsync(rowsKept);
        Assert.Equal(expected.Select(Figures), actual.Select(Figures));
        Assert.Equal(expected.SelectMany(life => life.Gaps), actual.SelectMany(life => life.Gaps));
    }

    [Theory]
    [InlineData("plain", 10)]
    [InlineData("a number is missing", 4)]
    [InlineData("numbers were given up, one of them turned up", 10)]
    [InlineData("folded before", 10)]
    [InlineData("a number twice", 10)]
    public async Task The_run_that_has_no_gap_comes_as_a_sum_but_for_its_end(string life, long runEnds)
    {
        var record = Assert.Single(
            await new PostgresLedger(lives.Database.Source, rowsKept: 2).ReadAsync(TestContext.Current.CancellationToken), record => record.Incarnation == Lives.IdOf(life));
        Assert.Equal(runEnds - 2, record.FoldedThrough);
        Assert.All(record.Rows, row => Assert.True(row.Name.Number > runEnds - 2));
        Assert.NotEmpty(record.Rows);
    }

    private static (Guid Incarnation, long Last, long Accepted, long Unacknowledged, SegmentCounts Flushed, long Pending) Figures(LedgerIncarnation life) =>
        (life.Incarnation, life.LastNumber, life.Accepted, life.Unacknowledged, life.Flushed, life.Pending);

    private async Task<List<LedgerIncarnation>> CloseAsync(int rowsKept)
    {
        var closed = new List<LedgerIncarnation>();
        foreach (var record in await new PostgresLedger(lives.Database.Source, rowsKept).ReadAsync(TestContext.Current.CancellationToken))
        {
            var account = new LedgerAccount(record.Incarnation);
            account.AddPending(new SegmentName(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), record.Incarnation, 11, 7, 1_000));
            account.Add(record);
            closed.Add(account.Close());
        }

        return [.. closed.OrderBy(life => life.Incarnation)];
    }

    /// <summary>Lives of ten segments of a hundred events, each with a past of its own; nobody writes to them.</summary>
    public sealed class Lives(PostgresFixture postgres) : IAsyncLifetime
    {
        public static string[] Names { get; } =
            ["plain", "a number is missing", "numbers were given up, one of them turned up", "folded before", "a number twice"];

        public PostgresDatabase Database { get; private set; } = null!;

        public static Guid IdOf(string name) => new(Array.IndexOf(Names, name) + 1, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0);

        public async ValueTask InitializeAsync()
        {
            Database = await postgres.CreateDatabaseAsync();
            await AddAsync("plain", "true");
            await AddAsync("a number is missing", "n <> 5");
            await AddAsync("numbers were given up, one of them turned up", "n <> 3 AND n <> 4", "CASE WHEN n = 7 THEN ARRAY[3, 4, 6]::bigint[] ELSE '{}' END");
            await AddAsync("folded before", "n > 4");
            await Database.RunAsync($"INSERT INTO monitoring.ledger_totals VALUES ('{IdOf("folded before")}', 4, 400, 3, 390, 6, 4, 3)");
            await AddAsync("a number twice", "true");
            await AddAsync("a number twice", "n = 5");
        }

        public ValueTask DisposeAsync() => Database.DisposeAsync();

        private Task AddAsync(string life, string which, string abandoned = "'{}'::bigint[]") => Database.RunAsync(
            $"""
            INSERT INTO monitoring.flushed_segments (
                segment_id, incarnation, number, count, accepted_through, abandoned, stored, duplicates, dead, expired, created_at, flushed_at, flush_id)
            SELECT gen_random_uuid(), '{IdOf(life)}', n, 100, n * 100, {abandoned}, 100 - n, n - 1, 1, 0, now(), now(), gen_random_uuid()
            FROM generate_series(1, 10) AS n WHERE {which}
            """);
    }
}
