using Polly;

namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>The whole library, through the front door.</summary>
internal sealed class PipelineBreaker : SimulatedBreaker
{
    private readonly DurableCircuitBreakerControl control = new();
    private readonly ResiliencePipeline<int> pipeline;

    public PipelineBreaker(Parts parts)
    {
        var (plan, process, store, random, times) = parts;
        var settings = plan.Settings;
        pipeline = new ResiliencePipelineBuilder<int> { TimeProvider = process.Clock }
            .AddDurableCircuitBreaker(new DurableCircuitBreakerStrategyOptions<int>
            {
                BreakerName = Simulation.BreakerName,
                Store = store,
                HostId = process.Host,
                InstanceId = process.Instance,
                FailureThreshold = plan.FailureThreshold,
                FailureRatio = plan.FailureRatio,
                MinimumThroughput = Simulation.MinimumThroughput,
                SamplingDuration = settings.SamplingDuration,
                BreakDuration = settings.BreakDuration,
                BreakGrowth = settings.BreakGrowth,
                MaxBreakDuration = settings.MaxBreakDuration,
                ResetAfter = settings.ResetAfter,
                SuccessThreshold = settings.SuccessThreshold,
                ProbeLease = settings.ProbeLease,
                Quorum = settings.Quorum,
                VoteWindow = settings.VoteWindow,
                RefreshInterval = times.RefreshInterval,
                ColdReadTimeout = times.ColdReadTimeout,
                StoreTimeout = times.StoreTimeout,
                Control = control,
                Randomizer = random,
                GoesOnInline = true,
                // A predicate of the user's may throw, and then nobody can judge the call.
                ShouldHandle = args => args.Outcome is { Exception: null, Result: SimulatedCall.Unjudgeable }
                    ? throw new UnjudgeableException()
                    : new(args.Outcome.Exception is { } exception and not OperationCanceledException),
            })
            .Build();
    }

    public override BreakerSnapshot Snapshot => control.Current;

    public override async ValueTask<Outcome<int>> CallAsync(SimulatedCall call, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            return await pipeline.ExecuteOutcomeAsync(static (c, call) => call.RunAsync(c.CancellationToken), context, call).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    public override Task SteerAsync(bool isolate) => isolate ? control.IsolateAsync() : control.ResetAsync();

    public override Task PersistAsync() => control.PersistAsync();
}
