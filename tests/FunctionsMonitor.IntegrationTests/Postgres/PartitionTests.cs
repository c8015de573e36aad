using FunctionsMonitor.TestSupport.Flushing;
using FunctionsMonitor.TestSupport.Postgres;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Postgres;

/// <summary>Days of events: how they are made, and how they go.</summary>
public sealed class PartitionTests(PostgresFixture postgres)
{
    private const string Days = "SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'monitoring.events'::regclass ORDER BY 1";
    private static readonly CancellationToken Token = MetricsStoreBench.Token;

    [Fact]
    public async Task A_flush_finds_yesterday_and_the_days_ahead_and_a_batch_the_days_of_its_events()
    {
        await using var db = await PostgresBench.CreateAsync(postgres);
        await db.Store.PrepareAsync(Token);
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        Assert.Equal(Enumerable.Range(-1, 4).Select(days => $"events_{today.AddDays(days):yyyyMMdd}"), await db.Database.ListAsync<string>(Days));

        await db.WriteAsync(db.Segments.Next(db.Segments.Event(offset: TimeSpan.FromDays(-20)), db.Segments.Event(offset: TimeSpan.FromDays(-31))));
        var days = await db.Database.ListAsync<string>(Days);
        Assert.Contains("events_20261104", days);
        // It expired: there is no day for it.
        Assert.DoesNotContain("events_20261024", days);
    }

    [Fact]
    public async Task A_day_is_a_day_of_UTC_whatever_the_session_thinks_and_to_the_microsecond()
    {
        await using var db = await PostgresBench.CreateAsync(postgres);
        await db.Database.RunAsync("SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German'; SELECT monitoring.ensure_partitions('{2026-11-24}')");
        Assert.Equal(["events_20261124"], await db.Database.ListAsync<string>(Days));
        await db.Database.RunAsync(Insert("2026-11-24 00:00:00Z"));
        await db.Database.RunAsync(Insert("2026-11-24 23:59:59.999999Z"));
        foreach (var outside in new[] { "2026-11-23 23:59:59.999999Z", "2026-11-25 00:00:00Z" })
        {
            var exception = await Assert.ThrowsAsync<PostgresException>(() => db.Database.RunAsync(Insert(outside)));
            Assert.Equal((PostgresErrorCodes.CheckViolation, null), (exception.SqlState, exception.ConstraintName));
        }
    }

    [Fact]
    public async Task Several_callers_at_once_make_a_day_once()
    {
        await using var db = await PostgresBench.CreateAsync(postgres);
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => db.Database.ScalarAsync<int>(
            "SELECT monitoring.ensure_partitions('{2026-11-24,2026-11-25,2026-11-24,NULL}')")));
        Assert.Equal(2, made.Sum());
    }

    [Fact]
    public async Task A_day_that_was_detached_by_hand_goes_back_with_its_rows()
    {
        await using var db = await PostgresBench.CreateAsync(postgres);
        await db.WriteAsync(db.Segments.Next(db.Segments.Event()));
        await db.Database.RunAsync("ALTER TABLE monitoring.events DETACH PARTITION monitoring.events_20261124");
        await db.Store.PrepareAsync(Token);
        await db.WriteAsync(db.Segments.Next(db.Segments.Event()));
        Assert.Equal(2, await db.CountAsync("events"));
    }

    [Fact]
    public async Task A_day_goes_as_a_whole_once_all_of_it_is_past_its_time()
    {
        await using var db = await PostgresBench.CreateAsync(postgres);
        var s = db.Segments;
        var noon = MetricsStoreBench.Now;
        await db.WriteAsync(s.Next([.. Enumerable.Range(0, 30).Select(i => s.Event(offset: TimeSpan.FromHours(-6 * i)))]));
        var old = await db.CountAsync("events WHERE timestamp < '2026-11-20 00:00Z'");

        Assert.InRange(old, 1, 29);
        Assert.Equal(0, await ApplyAsync(db, noon.AddDays(-8)));
        Assert.Equal(old, await ApplyAsync(db, noon.AddDays(-4)));
        Assert.Equal(0, await db.CountAsync("events WHERE timestamp < '2026-11-20 00:00Z'"));
        Assert.Equal(await db.CountAsync("events"), (await db.RollupAsync()).Total);
        Assert.DoesNotContain("events_20261119", await db.Database.ListAsync<string>(Days));
        Assert.Contains("events_20261120", await db.Database.ListAsync<string>(Days));
    }

    [Fact]
    public async Task A_day_that_somebody_reads_stays_until_the_next_time()
    {
        await using var db = await PostgresBench.CreateAsync(postgres);
        await db.WriteAsync(db.Segments.Next(db.Segments.Event(offset: TimeSpan.FromDays(-2)), db.Segments.Event()));
        await using (var reader = await db.Database.Source.OpenConnectionAsync(Token))
        {
            await using var transaction = await reader.BeginTransactionAsync(Token);
            await using var read = new NpgsqlCommand("SELECT count(*) FROM monitoring.events", reader);
            await read.ExecuteScalarAsync(Token);
            Assert.Equal(0, await ApplyAsync(db, MetricsStoreBench.Now.AddDays(-1)));
            Assert.Equal((2L, 2L), (await db.CountAsync("events"), (await db.RollupAsync()).Total));
        }

        Assert.Equal(1, await ApplyAsync(db, MetricsStoreBench.Now.AddDays(-1)));
    }

    private static async Task<long> ApplyAsync(PostgresBench db, DateTimeOffset events)
    {
        var never = DateTimeOffset.UnixEpoch;
        return (await db.Store.ApplyRetentionAsync(new(events, never, never, never), Token)).Events;
    }

    private static string Insert(string timestamp) =>
        $"INSERT INTO monitoring.events VALUES ('{timestamp}', gen_random_uuid(), 't', 's', NULL, NULL, NULL, now(), 0, 0, 0, 0, gen_random_uuid())";
}
