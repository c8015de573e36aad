using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Polly;
using Polly.CircuitBreaker;
using Options = DurableCircuitBreaker.DurableCircuitBreakerStrategyOptions;

namespace DurableCircuitBreaker.Tests;

public sealed class DurableCircuitBreakerStrategyOptionsTests
{
    /// <summary>Member, a value within its bounds, the first one beyond them; both lower and upper where there are both.</summary>
    public static TheoryData<string, string, string> Bounds => new()
    {
        { nameof(Options.FailureThreshold), "1", "0" },
        { nameof(Options.FailureThreshold), "1000", "1001" },
        { nameof(Options.FailureRatio), "0.0000001", "0" },
        { nameof(Options.FailureRatio), "1", "1.0000001" },
        { nameof(Options.FailureRatio), "0.5", "NaN" },
        { nameof(Options.MinimumThroughput), "2", "1" },
        { nameof(Options.SamplingDuration), "00:00:00.5", "00:00:00.4999999" },
        { nameof(Options.SamplingDuration), "1.00:00:00", "1.00:00:00.0000001" },
        { nameof(Options.BreakDuration), "00:00:00.5", "00:00:00.4999999" },
        { nameof(Options.BreakGrowth), "1", "0.9999999" },
        { nameof(Options.BreakGrowth), "10", "10.0000001" },
        { nameof(Options.BreakGrowth), "2", "NaN" },
        { nameof(Options.MaxBreakDuration), "00:01:00", "00:00:59.9999999" },
        { nameof(Options.MaxBreakDuration), "1.00:00:00", "1.00:00:00.0000001" },
        { nameof(Options.ResetAfter), "00:00:00", "-00:00:00.0000001" },
        { nameof(Options.ResetAfter), "1.00:00:00", "1.00:00:00.0000001" },
        { nameof(Options.SuccessThreshold), "1", "0" },
        { nameof(Options.SuccessThreshold), "100", "101" },
        { nameof(Options.ProbeLease), "00:00:00.5", "00:00:00.4999999" },
        { nameof(Options.ProbeLease), "00:10:00", "00:10:00.0000001" },
        { nameof(Options.Quorum), "1", "0" },
        { nameof(Options.Quorum), "16", "17" },
        { nameof(Options.VoteWindow), "00:01:15", "00:01:14.9999999" },
        { nameof(Options.VoteWindow), "2.00:00:00", "2.00:00:00.0000001" },
        { nameof(Options.RefreshInterval), "00:00:00.1", "00:00:00.0999999" },
        { nameof(Options.RefreshInterval), "00:05:00", "00:05:00.0000001" },
        { nameof(Options.ColdReadTimeout), "00:00:00", "-00:00:00.0000001" },
        { nameof(Options.ColdReadTimeout), "00:00:10", "00:00:10.0000001" },
        { nameof(Options.StoreTimeout), "00:00:00.1", "00:00:00.0999999" },
        { nameof(Options.StoreTimeout), "00:01:00", "00:01:00.0000001" },
        { nameof(Options.BreakerName), "n", "" },
        { nameof(Options.BreakerName), new string('n', 64), new string('n', 65) },
        { nameof(Options.BreakerName), "a.b_c~d-9", ".hidden" },
        { nameof(Options.BreakerName), "a", "a/b" },
        { nameof(Options.BreakerName), "a", "ä" },
        { nameof(Options.HostId), new string('h', 64), new string('h', 65) },
        { nameof(Options.HostId), "h", "" },
        { nameof(Options.InstanceId), new string('i', 64), new string('i', 65) },
        { nameof(Options.InstanceId), "i", "" },
    };

    [Theory]
    [MemberData(nameof(Bounds))]
    public void The_last_value_within_its_bounds_is_accepted_and_the_first_beyond_is_named(string member, string last, string first)
    {
        var options = Valid();
        // Neither the cap nor the window must be in the way of the longest lease.
        if (member == nameof(Options.ProbeLease))
            options.MaxBreakDuration = options.VoteWindow = TimeSpan.FromHours(1);
        Set(options, member, last);
        Build(options);

        Set(options, member, first);
        var message = Assert.Throws<ValidationException>(() => Build(options)).Message;
        // Every fault names its member and, but for texts, the value; no other member is blamed.
        var fault = Assert.Single(message.Split('\n')[1..], line => line.Trim() is { Length: > 0 } and not "Validation Errors:").Trim();
        Assert.StartsWith($"{member} ", fault, StringComparison.Ordinal);
        if (Value(options, member) is { } value and not string)
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{value}"), fault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_break_goes_with_a_cap_and_a_window_as_long()
    {
        var day = TimeSpan.FromDays(1);
        Build(Valid(options => (options.BreakDuration, options.MaxBreakDuration, options.VoteWindow) = (day, day, day + options.ProbeLease)));
        var message = Assert.Throws<ValidationException>(() => Build(Valid(options => options.BreakDuration = day + TimeSpan.FromTicks(1)))).Message;
        Assert.Contains("BreakDuration must be from 00:00:00.5000000 to 1.00:00:00, but is 1.00:00:00.0000001.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cap_shorter_than_the_lease_is_refused()
    {
        var message = Assert.Throws<ValidationException>(() => Build(Valid(options =>
        {
            options.BreakDuration = TimeSpan.FromSeconds(1);
            options.MaxBreakDuration = TimeSpan.FromSeconds(14);
        }))).Message;
        Assert.Contains("MaxBreakDuration must be from 00:00:15", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_in_which_a_vote_runs_out_before_it_can_be_renewed_is_refused()
    {
        var message = Assert.Throws<ValidationException>(() => Build(Valid(options => options.VoteWindow = options.BreakDuration))).Message;
        Assert.Contains("VoteWindow must be from 00:01:15 to 2.00:00:00, but is 00:01:00.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(Options.Store))]
    [InlineData(nameof(Options.ShouldHandle))]
    [InlineData(nameof(Options.Randomizer))]
    [InlineData(nameof(Options.BreakerName))]
    [InlineData(nameof(Options.HostId))]
    [InlineData(nameof(Options.InstanceId))]
    public void What_is_required_may_not_be_null(string member)
    {
        var options = Valid();
        typeof(Options).GetProperty(member)!.SetValue(options, null);
        Assert.Contains($"{member} ", Assert.Throws<ValidationException>(() => Build(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_in_one_exception()
    {
        var message = Assert.Throws<ValidationException>(() => Build(new Options
        {
            BreakerName = "a/b",
            Store = null,
            ShouldHandle = null!,
            FailureThreshold = 0,
            FailureRatio = 2,
            MinimumThroughput = 1,
            SamplingDuration = TimeSpan.Zero,
            BreakDuration = TimeSpan.FromDays(2),
            BreakGrowth = 0,
            Quorum = 99,
            RefreshInterval = TimeSpan.MaxValue,
            StoreTimeout = TimeSpan.MinValue,
        })).Message;
        string[] members =
        [
            nameof(Options.BreakerName), nameof(Options.Store), nameof(Options.ShouldHandle), nameof(Options.FailureThreshold), nameof(Options.FailureRatio),
            nameof(Options.MinimumThroughput), nameof(Options.SamplingDuration), nameof(Options.BreakDuration), nameof(Options.BreakGrowth),
            nameof(Options.Quorum), nameof(Options.RefreshInterval), nameof(Options.StoreTimeout),
        ];
        Assert.All(members, member => Assert.Contains($"\n{member} ", message.ReplaceLineEndings("\n"), StringComparison.Ordinal));
    }

    [Fact]
    public void The_typed_builder_validates_as_the_plain_one_does()
    {
        var exception = Assert.Throws<ValidationException>(() =>
            new ResiliencePipelineBuilder<int>().AddDurableCircuitBreaker(new DurableCircuitBreakerStrategyOptions<int>()));
        Assert.Contains("Store is required.", exception.Message, StringComparison.Ordinal);
        Assert.Contains("BreakerName must be 1 to 64 characters", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_null_where_polly_says_so()
    {
        var options = Valid();
        Assert.Throws<ArgumentNullException>("options", () => new ResiliencePipelineBuilder().AddDurableCircuitBreaker(null!));
        Assert.Throws<ArgumentNullException>("builder", () => ((ResiliencePipelineBuilder)null!).AddDurableCircuitBreaker(options));
        Assert.Throws<ArgumentNullException>("options", () => new ResiliencePipelineBuilder<int>().AddDurableCircuitBreaker(null!));
    }

    [Fact]
    public async Task By_default_every_exception_but_a_cancellation_is_a_failure()
    {
        var options = Valid();
        Assert.True(await JudgeAsync(Outcome.FromException<object>(new InvalidOperationException())));
        Assert.False(await JudgeAsync(Outcome.FromException<object>(new OperationCanceledException())));
        Assert.False(await JudgeAsync(Outcome.FromException<object>(new TaskCanceledException())));
        Assert.False(await JudgeAsync(Outcome.FromResult<object>("fine")));

        ValueTask<bool> JudgeAsync(Outcome<object> outcome) => options.ShouldHandle!(new CircuitBreakerPredicateArguments<object>(ResilienceContextPool.Shared.Get(), outcome));
    }

    [Fact]
    public async Task Two_pipelines_of_one_options_object_are_two_instances()
    {
        // Also where the id leaves no room: cut off, the two would take each other's lease for theirs.
        var options = Valid(o =>
        {
            o.InstanceId = new string('i', 64);
            o.FailureThreshold = 1;
            o.SuccessThreshold = 1;
            o.BreakDuration = o.MaxBreakDuration;
            o.VoteWindow = o.MaxBreakDuration + o.ProbeLease;
        });
        var (one, two) = (Build(options), Build(options));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await one.ExecuteAsync(static _ => throw new InvalidOperationException()));
        await Assert.ThrowsAsync<BrokenCircuitException>(async () => await two.ExecuteAsync(static _ => ValueTask.CompletedTask));

        var control = new DurableCircuitBreakerControl();
        options.Control = control;
        _ = Build(options);
        await control.ResetAsync(cancellationToken: TestContext.Current.CancellationToken);
        var instances = control.Current.Transitions.Select(transition => transition.Instance).ToArray();
        Assert.Equal(2, instances.Length);
        Assert.Equal(new string('i', 64), instances[0]);
        Assert.Equal(new string('i', 62) + "/3", instances[1]);
    }

    private static Options Valid(Action<Options>? change = null)
    {
        var options = new Options { BreakerName = "test", Store = new InMemoryBreakerStateStore() };
        change?.Invoke(options);
        return options;
    }

    private static ResiliencePipeline Build(Options options) => new ResiliencePipelineBuilder().AddDurableCircuitBreaker(options).Build();

    private static object? Value(Options options, string member) => typeof(Options).GetProperty(member)!.GetValue(options);

    private static void Set(Options options, string member, string text)
    {
        var property = typeof(Options).GetProperty(member)!;
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        property.SetValue(options, type == typeof(TimeSpan) ? TimeSpan.Parse(text, CultureInfo.InvariantCulture) : Convert.ChangeType(text, type, CultureInfo.InvariantCulture));
    }
}
