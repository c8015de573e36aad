using System.Collections;
using FunctionsMonitor.Flags;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.Tests.Flags;

public sealed class FlagTests
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeLogCollector logs = new();

    [Theory]
    [InlineData("MONITORING_USE_ADAPTER", FlagType.Bool, "true")]
    [InlineData("MONITORING_ADAPTER_TYPE", FlagType.String, "realtime")]
    [InlineData("MONITORING_DUAL_MODE", FlagType.Bool, "false")]
    [InlineData("MONITORING_ENABLE_VALIDATION", FlagType.Bool, "true")]
    [InlineData("MONITORING_VALIDATION_STRICT", FlagType.Bool, "false")]
    [InlineData("MONITORING_METRICS_FLUSH_INTERVAL", FlagType.Int, "300")]
    [InlineData("MONITORING_METRICS_PERSISTENCE", FlagType.Bool, "true")]
    [InlineData("MONITORING_BATCH_SIZE", FlagType.Int, "100")]
    [InlineData("MONITORING_TIMEOUT_MS", FlagType.Int, "5000")]
    public void Every_flag_has_its_type_and_default(string name, FlagType type, string text)
    {
        var flag = FlagSchema.Find(name);
        Assert.NotNull(flag);
        Assert.Equal((type, text), (flag.Type, flag.DefaultText));
        Assert.NotEmpty(flag.Description);
    }

    [Fact]
    public void There_are_nine_flags_and_the_first_eight_are_the_core_ones()
    {
        Assert.Equal(9, FlagSchema.All.Count);
        Assert.Equal(FlagSchema.All.Take(8), FlagSchema.Core);
        Assert.Equal(Enumerable.Range(0, 9), FlagSchema.All.Select(flag => flag.Index));
    }

    [Theory]
    [InlineData(FlagType.Bool, "true", true)]
    [InlineData(FlagType.Bool, "TRUE", true)]
    [InlineData(FlagType.Bool, "1", true)]
    [InlineData(FlagType.Bool, "Yes", true)]
    [InlineData(FlagType.Bool, " on ", true)]
    [InlineData(FlagType.Bool, "false", false)]
    [InlineData(FlagType.Bool, "0", false)]
    [InlineData(FlagType.Bool, "NO", false)]
    [InlineData(FlagType.Bool, "off", false)]
    [InlineData(FlagType.Bool, "ja", null)]
    [InlineData(FlagType.Bool, "2", null)]
    [InlineData(FlagType.Bool, "", null)]
    [InlineData(FlagType.Int, "-7", -7)]
    [InlineData(FlagType.Int, "2147483647", int.MaxValue)]
    [InlineData(FlagType.Int, "2147483648", null)]
    [InlineData(FlagType.Int, "1.0", null)]
    [InlineData(FlagType.Int, "1,000", null)]
    [InlineData(FlagType.Int, "1e3", null)]
    [InlineData(FlagType.Float, "1.5e-3", 1.5e-3)]
    [InlineData(FlagType.Float, "-2", -2.0)]
    [InlineData(FlagType.Float, "1,5", null)]
    [InlineData(FlagType.Float, "NaN", null)]
    [InlineData(FlagType.Float, "Infinity", null)]
    [InlineData(FlagType.Float, "1e999", null)]
    [InlineData(FlagType.String, "any thing", "any thing")]
    public void A_text_is_a_value_of_its_type_or_none(FlagType type, string text, object? value) => Assert.Equal(value, FlagText.Parse(type, text.Trim()));

    [Theory]
    [InlineData("MONITORING_METRICS_FLUSH_INTERVAL", "0", "300")]
    [InlineData("MONITORING_METRICS_FLUSH_INTERVAL", "1", "1")]
    [InlineData("MONITORING_BATCH_SIZE", "-1", "100")]
    [InlineData("MONITORING_BATCH_SIZE", "1", "1")]
    [InlineData("MONITORING_TIMEOUT_MS", "0", "5000")]
    [InlineData("MONITORING_TIMEOUT_MS", "1", "1")]
    [InlineData("MONITORING_ADAPTER_TYPE", "carrier pigeon", "realtime")]
    [InlineData("MONITORING_ADAPTER_TYPE", "dual", "dual")]
    [InlineData("MONITORING_USE_ADAPTER", "maybe", "true")]
    public async Task A_value_out_of_its_rule_falls_to_the_default_and_is_reported(string name, string text, string used)
    {
        using var manager = Manager(new Source("environment") { [name] = text });
        await manager.RefreshAsync(default);

        var resolution = manager.Current.Resolutions.Single(flag => flag.Flag.Name == name);
        Assert.Equal(used, FlagDefinition.Format(resolution.Value));
        Assert.Equal(used == text, manager.Current.Problems.Count == 0);
        if (used != text)
            Assert.Contains(name, Assert.Single(manager.Current.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_source_with_a_usable_value_wins()
    {
        var first = new Source("first") { ["MONITORING_BATCH_SIZE"] = "many", ["MONITORING_TIMEOUT_MS"] = "10" };
        var second = new Source("second") { ["MONITORING_BATCH_SIZE"] = "7", ["MONITORING_TIMEOUT_MS"] = "20" };
        using var manager = Manager(first, second);
        await manager.RefreshAsync(default);

        Assert.Equal((7, TimeSpan.FromMilliseconds(10)), (manager.Current.BatchSize, manager.Current.OperationTimeout));
        var batch = manager.Current.Resolutions.Single(flag => flag.Flag == FlagSchema.BatchSize);
        Assert.Equal("second", batch.Source);
        Assert.Equal(("first", "many", false), (batch.Ignored[0].Source, batch.Ignored[0].Value, batch.Ignored[0].KeptLastGood));
    }

    [Fact]
    public async Task A_bad_value_keeps_the_last_good_one_of_its_source_until_the_source_says_nothing_about_it()
    {
        var first = new Source("first") { ["MONITORING_BATCH_SIZE"] = "5" };
        using var manager = Manager(first, new Source("second") { ["MONITORING_BATCH_SIZE"] = "7" });
        await manager.RefreshAsync(default);
        first["MONITORING_BATCH_SIZE"] = "oops";
        await manager.RefreshAsync(default);
        Assert.Equal(5, manager.Current.BatchSize);
        Assert.True(manager.Current.Resolutions.Single(flag => flag.Flag == FlagSchema.BatchSize).Ignored[0].KeptLastGood);

        first.Remove("MONITORING_BATCH_SIZE");
        await manager.RefreshAsync(default);
        first["MONITORING_BATCH_SIZE"] = "oops";
        await manager.RefreshAsync(default);
        Assert.Equal(7, manager.Current.BatchSize);
    }

    [Fact]
    public async Task A_source_that_fails_keeps_its_last_answer_and_is_reported()
    {
        var source = new Source("remote") { ["MONITORING_BATCH_SIZE"] = "5" };
        using var manager = Manager(source);
        await manager.RefreshAsync(default);
        source.Failure = new IOException("no route");
        await manager.RefreshAsync(default);

        Assert.Equal(5, manager.Current.BatchSize);
        Assert.Contains("no route", Assert.Single(manager.Current.Problems), StringComparison.Ordinal);
        source.Failure = null;
        await manager.RefreshAsync(default);
        Assert.Empty(manager.Current.Problems);
    }

    [Fact]
    public async Task A_problem_is_logged_once_and_again_when_it_comes_back()
    {
        var source = new Source("environment") { ["MONITORING_BATCH_SIZE"] = "x" };
        using var manager = Manager(source);
        for (var i = 0; i < 3; i++)
            await manager.RefreshAsync(default);
        Assert.Equal(1, logs.Count);

        source["MONITORING_BATCH_SIZE"] = "5";
        await manager.RefreshAsync(default);
        source.Remove("MONITORING_BATCH_SIZE");
        await manager.RefreshAsync(default);
        source["MONITORING_BATCH_SIZE"] = "x";
        await manager.RefreshAsync(default);
        Assert.Equal(2, logs.Count);
    }

    [Theory]
    [InlineData("MONITORING_DUAL_MODE=true,MONITORING_USE_ADAPTER=false", "dual_mode_needs_adapter")]
    [InlineData("MONITORING_VALIDATION_STRICT=true,MONITORING_ENABLE_VALIDATION=false", "strict_needs_validation")]
    [InlineData("MONITORING_DUAL_MODE=true", null)]
    [InlineData("MONITORING_VALIDATION_STRICT=true", null)]
    public async Task Rules_between_flags_are_checked(string settings, string? rule)
    {
        var source = new Source("environment");
        foreach (var pair in settings.Split(','))
            source[pair.Split('=')[0]] = pair.Split('=')[1];
        using var manager = Manager(source);
        await manager.RefreshAsync(default);

        Assert.Equal(rule, manager.Current.Violations.SingleOrDefault()?.Rule);
        Assert.Equal(rule == "strict_needs_validation", source.Contains("MONITORING_ENABLE_VALIDATION") && !manager.Current.ValidationStrict);
    }

    [Fact]
    public async Task Dual_mode_wins_over_the_type()
    {
        using var manager = Manager(new Source("environment") { ["MONITORING_DUAL_MODE"] = "on", ["MONITORING_ADAPTER_TYPE"] = "websocket" });
        await manager.RefreshAsync(default);
        Assert.Equal("dual", manager.Current.AdapterType);
    }

    [Fact]
    public async Task An_unknown_flag_is_reported()
    {
        using var manager = Manager(new Source("file") { ["MONITORING_BATCHSIZE"] = "5" });
        await manager.RefreshAsync(default);
        Assert.Contains("MONITORING_BATCHSIZE", Assert.Single(manager.Current.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overrides_win_until_they_are_reset()
    {
        using var manager = Manager(new Source("environment") { ["MONITORING_BATCH_SIZE"] = "5" });
        await manager.RefreshAsync(default);
        manager.Set(FlagSchema.BatchSize, 9);
        manager.Set(FlagSchema.AdapterType, "websocket");
        Assert.Equal((9, "websocket"), (manager.Current.BatchSize, manager.Current.AdapterType));
        manager.Reset(FlagSchema.BatchSize);
        Assert.Equal((5, "websocket"), (manager.Current.BatchSize, manager.Current.AdapterType));
        manager.ResetAll();
        Assert.Equal("realtime", manager.Current.AdapterType);
        Assert.Throws<ArgumentOutOfRangeException>(() => manager.Set(FlagSchema.BatchSize, 0));
    }

    [Fact]
    public async Task Readers_during_swaps_see_one_snapshot_and_never_a_mix_and_allocate_nothing()
    {
        var source = new Source("environment");
        using var manager = Manager(source);
        using var stop = new CancellationTokenSource();
        var seen = new int[4];

        // Threads of their own: on a busy machine the pool may not have begun with one of them when all the swaps are over.
        var readers = seen.Select((_, reader) => Task.Factory.StartNew(() =>
        {
            var (reads, changes, last, mixed) = (0L, 0, 0, false);
            Read(manager);
            var before = GC.GetAllocatedBytesForCurrentThread();
            while (!stop.IsCancellationRequested)
            {
                var snapshot = manager.Current;
                reads++;
                mixed |= snapshot.BatchSize != 100 && snapshot.BatchSize != snapshot.Get(FlagSchema.TimeoutMs);
                changes += snapshot.BatchSize == last ? 0 : 1;
                last = snapshot.BatchSize;
                Volatile.Write(ref seen[reader], last);
            }

            Assert.False(mixed);
            // The smallest object has 24 bytes. A few may be the runtime's own, when it compiles the loop anew while it runs.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Math.Max(4096, reads));
            return changes;
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToList();
        for (var i = 1; i <= 2000; i++)
        {
            source["MONITORING_BATCH_SIZE"] = source["MONITORING_TIMEOUT_MS"] = $"{i}";
            await manager.RefreshAsync(default);

            // Now and then until all have seen it, so that each reads while others come; in between nobody waits for anybody.
            if (i % 100 == 0 && !SpinWait.SpinUntil(() => Enumerable.Range(0, seen.Length).All(reader => Volatile.Read(ref seen[reader]) == i), TimeSpan.FromSeconds(30)))
                break;
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), count => Assert.InRange(count, 20, 2001));
    }

    [Fact]
    public void A_read_allocates_nothing()
    {
        using var manager = Manager();
        Read(manager);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Read(manager);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Environment_and_file_sources_read_only_flags()
    {
        var environment = new EnvironmentFlagSource(time, () => new Hashtable { ["MONITORING_BATCH_SIZE"] = "5", ["PATH"] = "/bin", ["MONITORING_TIMEOUT_MS"] = "" });
        Assert.Equal(["MONITORING_BATCH_SIZE"], (await environment.ReadAsync(default)).Values.Keys);

        var file = new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Flags:monitoring_batch_size"] = "6", ["Flags:Other"] = "x" }).Build();
        var answer = await new ConfigurationFlagSource(file.GetSection("Flags"), time).ReadAsync(default);
        Assert.Equal("6", Assert.Single(answer.Values).Value);
        Assert.Equal(time.GetUtcNow(), answer.AnsweredAt);
    }

    [Theory]
    [InlineData("00:00:01", null)]
    [InlineData("01:00:00", null)]
    [InlineData("00:00:00.999", "FlagSources:RefreshInterval")]
    [InlineData("01:00:01", "FlagSources:RefreshInterval")]
    public void The_refresh_interval_has_bounds(string interval, string? named)
    {
        var result = new FlagOptionsValidator().Validate(null, new FlagOptions { RefreshInterval = TimeSpan.Parse(interval, System.Globalization.CultureInfo.InvariantCulture) });
        Assert.Equal(named is null, result.Succeeded);
        if (named is not null)
            Assert.Contains(named, result.FailureMessage, StringComparison.Ordinal);
    }

    private static int Read(FlagManager manager) =>
        (manager.Current.Get(FlagSchema.UseAdapter) ? 1 : 0) + manager.Current.Get(FlagSchema.BatchSize) + manager.Current.AdapterType.Length;

    private FlagManager Manager(params IFlagSource[] sources) =>
        new(sources, time, new Logger<FlagManager>(new LoggerFactory([new FakeLoggerProvider(logs)])));

    private sealed class Source(string name) : IFlagSource
    {
        private readonly Dictionary<string, string> values = [];

        public string Name { get; } = name;

        public Exception? Failure { get; set; }

        public string this[string flag]
        {
            get => values[flag];
            set => values[flag] = value;
        }

        public bool Contains(string flag) => values.ContainsKey(flag);

        public void Remove(string flag) => values.Remove(flag);

        public ValueTask<FlagSourceAnswer> ReadAsync(CancellationToken cancellationToken) =>
            Failure is null ? ValueTask.FromResult(new FlagSourceAnswer(new Dictionary<string, string>(values), DateTimeOffset.UnixEpoch)) : throw Failure;
    }
}
