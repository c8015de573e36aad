using FunctionsMonitor.Storage.Sqlite;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

[ContractOf(typeof(SqliteMetricsQueries))]
public sealed class SqliteMetricsQueriesTests : MetricsQueriesContract
{
    protected override ValueTask<MetricsStoreBench> CreateAsync() => ValueTask.FromResult<MetricsStoreBench>(new SqliteBench());

    [Theory]
    [MemberData(nameof(QueryCases.Filters), MemberType = typeof(QueryCases))]
    public async Task No_filter_walks_over_the_whole_table_or_sorts(bool type, bool source, bool from, bool to, bool after)
    {
        using var db = new TestDatabase();
        await db.Store.PrepareAsync(TestDatabase.Token);
        using var connection = db.Connect();
        var query = Query(type, source, from, to, after);
        var plan = connection.Query(
            $"EXPLAIN QUERY PLAN {SqliteMetricsQueries.EventsSql(query)}", row => row.GetString(3),
            ("$type", query.Type), ("$source", query.Source), ("$from", query.From ?? long.MinValue), ("$to", query.To ?? long.MaxValue),
            ("$timestamp", query.After?.Timestamp), ("$id", query.After?.Id.ToKey()), ("$limit", query.Limit));

        var step = Assert.Single(plan);
        Assert.StartsWith("SEARCH events USING", step, StringComparison.Ordinal);
        // The page starts at its key, not at the newest event.
        Assert.Contains(after ? "(timestamp,event_id)<(?,?)" : "timestamp<?", step, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_that_was_cancelled_makes_no_file()
    {
        using var db = new TestDatabase();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await db.Queries.ListEventsAsync(new() { Limit = 1 }, new CancellationToken(canceled: true)));
        Assert.False(File.Exists(db.File));
    }
}
