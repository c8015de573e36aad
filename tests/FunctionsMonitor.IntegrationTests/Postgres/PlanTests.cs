using FunctionsMonitor.Events;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.TestSupport.Flushing;
using FunctionsMonitor.TestSupport.Postgres;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Postgres;

/// <summary>How the server answers the very statements of <see cref="PostgresMetricsQueries"/>, over six days of which one is empty.</summary>
public sealed class PlanTests(PlanTests.Days days) : IClassFixture<PlanTests.Days>
{
    private const string EmptyDay = "events_20261122";
    private static readonly DateTimeOffset Now = MetricsStoreBench.Now;

    [Theory]
    [MemberData(nameof(QueryCases.Filters), MemberType = typeof(QueryCases))]
    public async Task No_listing_of_events_reads_a_day_from_end_to_end_or_sorts_it(bool type, bool source, bool from, bool to, bool after)
    {
        var plan = await days.ExplainAsync(PostgresMetricsQueries.EventsSql(Query(type, source, from, to, after)));
        // An empty table has no pages: to read all of them costs nothing.
        Assert.All(System.Text.RegularExpressions.Regex.Matches(plan, "Seq Scan on (\\S+)"), scan => Assert.Equal(EmptyDay, scan.Groups[1].Value));
        Assert.Contains("Index Scan", plan, StringComparison.Ordinal);
        if (type && source)
            return;

        // A filter by both may read what both indexes have in common, where that is little. Everything else walks along one index, and one that
        // follows equal timestamps needs no memory to sort.
        Assert.DoesNotContain("Bitmap", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Sort Method", plan, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false, "events_20261123 events_20261124")]
    [InlineData(false, true, "events_20261119 events_20261120 events_20261121 events_20261122 events_20261123")]
    public async Task Days_out_of_the_range_are_not_looked_at(bool from, bool to, string expected)
    {
        var query = new EventQuery
        {
            Limit = 100_000,
            From = from ? EventTime.ToMicroseconds(new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero)) : null,
            To = to ? EventTime.ToMicroseconds(new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero)) : null,
        };
        Assert.Equal(expected.Split(' '), Days.NamedIn(await days.ExplainAsync(PostgresMetricsQueries.EventsSql(query))));
    }

    [Fact]
    public async Task A_page_begins_at_its_cursor()
    {
        var query = new EventQuery { Limit = 10, After = new EventKey(EventTime.ToMicroseconds(new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero)), Guid.NewGuid()) };
        var plan = await days.ExplainAsync(PostgresMetricsQueries.EventsSql(query));
        Assert.Equal(["events_20261119", "events_20261120"], Days.NamedIn(plan));
        Assert.DoesNotContain("Rows Removed by Filter", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_stops_at_its_limit_and_an_empty_day_costs_next_to_nothing()
    {
        // The newest ten of a type are in the newest day: older ones are planned for and never run.
        var plan = await days.ExplainAsync(PostgresMetricsQueries.EventsSql(new() { Limit = 10, Type = "t1" }));
        Assert.Contains("never executed", plan, StringComparison.Ordinal);

        plan = await days.ExplainAsync(PostgresMetricsQueries.EventsSql(new() { Limit = 10, To = EventTime.ToMicroseconds(new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero)) }));
        Assert.Contains(EmptyDay, Days.NamedIn(plan));
        Assert.InRange(Days.BuffersOf(plan), 1, 30);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(60)]
    public async Task Figures_of_an_hour_are_read_along_the_key_of_the_rollups(int bucketMinutes)
    {
        var minute = EventTime.ToMinute(EventTime.ToMicroseconds(Now));
        var plan = await days.ExplainAsync(PostgresMetricsQueries.ValidationSql(new(minute - 60, minute, bucketMinutes)));
        Assert.Contains("validation_metrics_pkey", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
    }

    /// <summary>However long the range is: who asks for more rows than an answer may have is refused, and nobody makes the rest for it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task A_series_is_made_no_further_than_its_limit(int bucketMinutes)
    {
        var minute = EventTime.ToMinute(EventTime.ToMicroseconds(Now));
        var query = new ValidationQuery(minute - (30 * 24 * 60), minute + (24 * 60), bucketMinutes, Limit: 50);
        var plan = await days.ExplainAsync(PostgresMetricsQueries.ValidationSql(query));
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
        Assert.InRange(Days.BuffersOf(plan), 1, 200);
    }

    /// <summary>A minute has three rollups here: to look each bucket up by itself would read every page many times.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(60)]
    public async Task A_series_reads_the_rollups_once_and_skips_what_has_none(int bucketMinutes)
    {
        var minute = EventTime.ToMinute(EventTime.ToMicroseconds(Now));
        var query = new ValidationQuery(minute - (30 * 24 * 60), minute + (24 * 60), bucketMinutes);
        var plan = await days.ExplainAsync(PostgresMetricsQueries.ValidationSql(query));
        Assert.InRange(Days.BuffersOf(plan), 1, 2 * await days.RollupPagesAsync());
    }

    private static EventQuery Query(bool type, bool source, bool from, bool to, bool after) => new()
    {
        Limit = 100,
        Type = type ? "t1" : null,
        Source = source ? "s1" : null,
        From = from ? EventTime.ToMicroseconds(Now.AddDays(-4)) : null,
        To = to ? EventTime.ToMicroseconds(Now.AddDays(-1)) : null,
        After = after ? new EventKey(EventTime.ToMicroseconds(Now.AddDays(-2)), Guid.NewGuid()) : null,
    };

    /// <summary>The database of these tests; nobody writes to it.</summary>
    public sealed class Days(PostgresFixture postgres) : IAsyncLifetime
    {
        private PostgresDatabase database = null!;
        private NpgsqlDataSource source = null!;

        public async ValueTask InitializeAsync()
        {
            database = await postgres.CreateDatabaseAsync();
            source = PostgresConnections.Create(new() { ConnectionString = database.ConnectionString });
            await database.RunAsync(
                """
                SELECT monitoring.ensure_partitions(ARRAY(SELECT generate_series(date '2026-11-19', date '2026-11-24', interval '1 day')::date));
                INSERT INTO monitoring.events
                SELECT
                    timestamptz '2026-11-24 23:59:59Z' - i * interval '17 seconds', gen_random_uuid(), 't' || i % 20, 's' || i % 7, json_build_object('n', i, 'text', repeat('x', 400)), NULL, NULL,
                    now(), 1, 100, 0, 0, gen_random_uuid()
                FROM generate_series(1, 30000) AS i
                WHERE (timestamptz '2026-11-24 23:59:59Z' - i * interval '17 seconds')::timestamptz AT TIME ZONE 'UTC' NOT BETWEEN timestamp '2026-11-22' AND timestamp '2026-11-23';
                INSERT INTO monitoring.validation_metrics
                SELECT date_trunc('minute', timestamp), event_type, count(*), count(*), 0, 0, 0, 0, 0 FROM monitoring.events GROUP BY 1, 2 ORDER BY 1, 2;
                ANALYZE
                """);
        }

        /// <summary>With what really happened.</summary>
        public async Task<string> ExplainAsync((string Sql, object[] Values) statement)
        {
            await using var command = source.CreateCommand($"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) {statement.Sql}");
            foreach (var value in statement.Values)
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            await using var reader = await command.ExecuteReaderAsync();
            var lines = new List<string>();
            while (await reader.ReadAsync())
                lines.Add(reader.GetString(0));
            return string.Join('\n', lines);
        }

        /// <summary>Pages of 8 kB of the rollups and of their key.</summary>
        public async Task<int> RollupPagesAsync()
        {
            await using var command = source.CreateCommand(
                "SELECT ((pg_relation_size('monitoring.validation_metrics') + pg_relation_size('monitoring.validation_metrics_pkey')) / 8192)::integer");
            return (int)(await command.ExecuteScalarAsync())!;
        }

        /// <summary>The days in a plan, in order.</summary>
        public static IEnumerable<string> NamedIn(string plan) =>
            System.Text.RegularExpressions.Regex.Matches(plan, " on (events_[0-9]{8}) ").Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal);

        /// <summary>Pages of 8 kB that the whole statement touched.</summary>
        public static int BuffersOf(string plan) =>
            System.Text.RegularExpressions.Regex.Matches(plan[..plan.IndexOf("->", StringComparison.Ordinal)], "(?:hit|read)=([0-9]+)")
                .Sum(match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));

        public async ValueTask DisposeAsync()
        {
            await source.DisposeAsync();
            await database.DisposeAsync();
        }
    }
}
