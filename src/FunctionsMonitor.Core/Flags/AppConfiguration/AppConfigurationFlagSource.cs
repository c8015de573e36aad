using FunctionsMonitor.Resilience;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>
/// Flags from Azure App Configuration. Whatever happens to that, this goes on with the last good answer: its own, or at a cold start the copy
/// that all instances share. Calls must not overlap; <see cref="FlagManager"/> sees to that.
/// </summary>
internal sealed class AppConfigurationFlagSource : IFlagSource, IDisposable
{
    public const string SourceName = "app-configuration";

    /// <summary>No Retry-After is believed beyond this.</summary>
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(1);

    private readonly SettingsListing featureFlags;
    private readonly SettingsListing keyValues;
    private readonly SettingsEvaluator evaluator;
    private readonly LastKnownGoodCopy copy;
    private readonly Lazy<MonitorPipeline> pipeline;
    private readonly TimeSpan maxWait;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stopping = new();
    private Task fetching = Task.CompletedTask;
    private DateTimeOffset notBefore = DateTimeOffset.MinValue;
    private volatile Answer? last;
    private volatile string? failure;

    /// <param name="reader">Asks App Configuration.</param>
    /// <param name="store">Where the copy is.</param>
    /// <param name="pipeline">Made with <see cref="IsTransient"/>, and not before the first reading: the settings of other pipelines ask for the flags.</param>
    /// <param name="options">Valid ones.</param>
    /// <param name="time">Clock of ages, waits and filters.</param>
    public AppConfigurationFlagSource(
        ISettingsReader reader, ILastKnownGoodStore store, Lazy<MonitorPipeline> pipeline, AppConfigurationOptions options, TimeProvider time)
    {
        var labels = options.Label is null ? SettingsQuery.NoLabel : $"{SettingsQuery.NoLabel},{options.Label}";
        featureFlags = new(reader, new($"{SettingsEvaluator.FeatureFlagPrefix}{EnvironmentFlagSource.Prefix}*", labels));
        keyValues = new(reader, new($"{SettingsEvaluator.KeyValuePrefix}{EnvironmentFlagSource.Prefix}*", labels));
        evaluator = new(options, time);
        copy = new(store, $"{options.Address!.Authority} {options.Label}", options.MaxWait, time);
        this.pipeline = pipeline;
        this.time = time;
        maxWait = options.MaxWait;
    }

    public string Name => SourceName;

    public static bool IsTransient(Exception exception) => exception is not SettingsReadException { Fault: not SettingsReadFault.Unavailable };

    /// <exception cref="SettingsReadException">Nothing was ever heard, and there is no copy.</exception>
    public async ValueTask<FlagSourceAnswer> ReadAsync(CancellationToken cancellationToken)
    {
        if (fetching.IsCompleted && time.GetUtcNow() >= notBefore)
            fetching = FetchAsync();
        if (await copy.ReadOnceAsync(cancellationToken).ConfigureAwait(false) is { } kept)
        {
            evaluator.Remember(kept.Settings);
            last ??= new(kept.Settings, kept.AnsweredAt, IsCopy: true);
        }

        // Who knows nothing waits to the end: the first request should not be judged by defaults that a source would have changed.
        var isSlow = !await fetching.EndsWithinAsync(last is null ? Timeout.InfiniteTimeSpan : maxWait, time, cancellationToken).ConfigureAwait(false);
        if (last is not { } known)
            throw new SettingsReadException(SettingsReadFault.Unavailable, string.Join("; ", new[] { failure, copy.Problem }.OfType<string>()));

        var answer = await evaluator.EvaluateAsync(known.Settings, known.AnsweredAt, cancellationToken).ConfigureAwait(false);
        if (!known.IsCopy)
            await copy.KeepAsync(evaluator.Good, known.AnsweredAt, cancellationToken).ConfigureAwait(false);
        return answer with { Problems = [.. Problems(known, isSlow)] };
    }

    public void Dispose()
    {
        stopping.Cancel();
        stopping.Dispose();
        evaluator.Dispose();
    }

    private IEnumerable<string> Problems(Answer known, bool isSlow)
    {
        if ((isSlow ? $"not within {maxWait.TotalSeconds:0.###} s" : failure) is { } why)
        {
            yield return $"{SourceName} does not answer ({why}); "
                + $"{(known.IsCopy ? "the shared copy of its answer" : "its answer")} of {known.AnsweredAt:O} is used.";
        }

        if (copy.Problem is { } problem)
            yield return $"{SourceName}: {problem}.";
    }

    /// <summary>Asks, and keeps the answer or why there was none. Goes on when nobody waits for it any more; the next refresh takes what it brought.</summary>
    private async Task FetchAsync()
    {
        try
        {
            var settings = await pipeline.Value.ExecuteAsync(static (source, token) => source.ListAsync(token), this, stopping.Token).ConfigureAwait(false);
            last = new(settings, time.GetUtcNow(), IsCopy: false);
            failure = null;
        }
        catch (Exception exception)
        {
            failure = Describe(exception);
            if (exception is SettingsReadException { RetryAfter: { } wait })
            {
                wait = wait > MaxRetryAfter ? MaxRetryAfter : wait;
                notBefore = time.GetUtcNow() + wait;
                failure += $", not asked again for {wait.TotalSeconds:0} s";
            }
        }
    }

    private async ValueTask<IReadOnlyList<RemoteSetting>> ListAsync(CancellationToken cancellationToken) =>
    [
        .. await featureFlags.ReadAsync(cancellationToken).ConfigureAwait(false),
        .. await keyValues.ReadAsync(cancellationToken).ConfigureAwait(false),
    ];

    private static string Describe(Exception exception) => exception switch
    {
        IsolatedCircuitException => "its circuit breaker is isolated",
        BrokenCircuitException => "its circuit breaker is open",
        TimeoutRejectedException => "no answer in time",
        SettingsReadException => exception.Message,
        _ => ErrorSummary.Of(exception),
    };

    private sealed record Answer(IReadOnlyList<RemoteSetting> Settings, DateTimeOffset AnsweredAt, bool IsCopy);
}
