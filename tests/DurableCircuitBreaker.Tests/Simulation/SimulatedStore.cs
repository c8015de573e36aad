using System.Globalization;

namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>
/// One value with a tag, and everything that can go wrong between a caller and it. A call has a way there and a way back; it takes effect
/// between the two, whether or not its caller still waits.
/// </summary>
internal sealed class SimulatedStore(Simulation simulation)
{
    public static readonly Exception Failure = new IOException("The store failed.");
    private readonly SimulationRandom random = simulation.Random;
    private long lastTag;

    public StoreWeather Weather { get; set; } = StoreWeather.Fine;

    public byte[]? Content { get; private set; }

    public string? Tag { get; private set; }

    /// <summary>The true time by this store's clock; it tells it cut to the second where the plan says so.</summary>
    public DateTimeOffset Now => SimulatedClock.Begin + simulation.Scheduler.Now + simulation.Plan.StoreSkew;

    private DateTimeOffset Told => simulation.Plan.WholeSeconds ? new DateTimeOffset(Now.Ticks - Now.Ticks % TimeSpan.TicksPerSecond, TimeSpan.Zero) : Now;

    // Not a conditional expression: null would become an empty array, and that an empty value.
    private ReadOnlyMemory<byte>? Value
    {
        get
        {
            if (Content is null)
                return null;

            return Content;
        }
    }

    public ValueTask<BreakerStoreReading> ReadAsync(SimulatedProcess process, CancellationToken cancellationToken) =>
        CallAsync(process, "read", _ => new BreakerStoreReading(Value, Tag, Told), reading => simulation.Invariants.OnHeard(process, reading.Content), cancellationToken);

    public ValueTask<BreakerStoreWriting> WriteAsync(
        SimulatedProcess process, ReadOnlyMemory<byte> content, string? expectedTag, bool blind, CancellationToken cancellationToken)
    {
        var bytes = content.ToArray();
        return CallAsync(
            process, "write",
            isLate =>
            {
                if (Tag != expectedTag && !blind)
                {
                    simulation.Statistics.LostRaces++;
                    simulation.Trace($"{process.Instance} lost a race");
                    return new BreakerStoreWriting(null, Told);
                }

                if (isLate)
                    simulation.Statistics.LateWrites++;
                simulation.Invariants.OnWriting(process, Value, bytes);
                Put(bytes);
                return new BreakerStoreWriting(Tag, Told);
            },
            writing =>
            {
                if (writing.IsWritten)
                    simulation.Invariants.OnHeard(process, bytes, isWritten: true);
            },
            cancellationToken);
    }

    /// <summary>Whatever somebody else puts there.</summary>
    public void Put(byte[] content)
    {
        Content = content;
        Tag = (++lastTag).ToString(CultureInfo.InvariantCulture);
    }

    /// <param name="process">Who calls.</param>
    /// <param name="what">For the trace.</param>
    /// <param name="apply">The effect; told whether the caller has given up.</param>
    /// <param name="heard">What the caller has in hand once the answer is delivered.</param>
    /// <param name="cancellationToken">The caller's patience; a call may heed it or not.</param>
    private ValueTask<T> CallAsync<T>(
        SimulatedProcess process, string what, Func<bool, T> apply, Action<T> heard, CancellationToken cancellationToken)
    {
        simulation.CheckThread();
        var (there, back, fate) = NextFate(what == "write");
        var facts = process.Facts;
        simulation.Trace($"{process.Instance} {what}s: {fate}, {there.TotalSeconds:0.000} there, {back.TotalSeconds:0.000} back");
        if (fate == Fate.Refused && there == TimeSpan.Zero)
        {
            facts.StoreTroubles++;
            simulation.Trace($"{process.Instance} {what} refused");
            throw Failure;
        }

        if (fate == Fate.Answered && there == TimeSpan.Zero)
        {
            var atOnce = apply(false);
            heard(atOnce);
            return new(atOnce);
        }

        var sent = simulation.Scheduler.Now;
        facts.StoreCallsUnderWay++;
        var answer = new TaskCompletionSource<T>();
        if (there + back >= simulation.Plan.Times.ColdReadTimeout || there + back >= simulation.Plan.Times.StoreTimeout || fate != Fate.Answered)
            facts.StoreTroubles++;
        if (random.Chance(0.7))
        {
            cancellationToken.UnsafeRegister(_ =>
            {
                facts.StoreTroubles++;
                End(() => answer.TrySetException(new OperationCanceledException(cancellationToken)));
            }, null);
        }

        simulation.Scheduler.After(there, () =>
        {
            if (fate == Fate.Refused)
            {
                process.Post(() => End(() => answer.TrySetException(Failure)));
                return;
            }

            if (fate == Fate.LostOnTheWay)
                return;

            var result = apply(answer.Task.IsCompleted || cancellationToken.IsCancellationRequested);
            if (fate == Fate.AnswerLost)
            {
                simulation.Statistics.LostAnswers++;
                simulation.Trace($"{process.Instance} {what} applied, answer lost");
                if (random.Chance(0.5))
                    process.After(back, () => End(() => answer.TrySetException(Failure)));
                return;
            }

            process.After(back, () => End(() =>
            {
                // Whoever has given up does not listen any more; a timer counts whole milliseconds.
                if (simulation.Scheduler.Now - sent < TimeSpan.FromMilliseconds(Math.Floor(simulation.Plan.Times.StoreTimeout.TotalMilliseconds)))
                    heard(result);
                answer.TrySetResult(result);
            }));
        });
        return new(answer.Task);

        void End(Action end)
        {
            if (!answer.Task.IsCompleted)
                facts.StoreCallsUnderWay--;
            end();
        }
    }

    private (TimeSpan There, TimeSpan Back, Fate Fate) NextFate(bool isWrite) => Weather switch
    {
        StoreWeather.ReadOnly when isWrite => (random.Milliseconds(1, 50), TimeSpan.Zero, Fate.Refused),
        StoreWeather.Fine when !simulation.IsCalm && random.Chance(simulation.Plan.LostAnswers) =>
            random.Chance(0.5)
                ? (random.Milliseconds(0.5, 15), random.Milliseconds(0.5, 15), Fate.AnswerLost)
                : (random.Seconds(0, isWrite ? 15 : 1), random.Milliseconds(0.5, 15), Fate.Answered),
        StoreWeather.Fine or StoreWeather.ReadOnly => random.Chance(0.3)
            ? (TimeSpan.Zero, TimeSpan.Zero, Fate.Answered)
            : (random.Milliseconds(0.5, 15), random.Milliseconds(0.5, 15), Fate.Answered),
        StoreWeather.Slow => (random.Seconds(0, isWrite ? 12 : 6), random.Seconds(0, 3), Fate.Answered),
        StoreWeather.Flaky => (
            random.Chance(0.2) ? TimeSpan.Zero : random.Chance(0.8) ? random.Milliseconds(0.5, 100) : random.Seconds(0, 12), random.Milliseconds(0.5, 100),
            random.Pick(Fate.Answered, Fate.Answered, Fate.Refused, Fate.AnswerLost, Fate.AnswerLost, Fate.LostOnTheWay)),
        StoreWeather.Down => (random.Chance(0.3) ? TimeSpan.Zero : random.Milliseconds(1, 50), TimeSpan.Zero, Fate.Refused),
        _ => (TimeSpan.FromMilliseconds(1), TimeSpan.Zero, Fate.LostOnTheWay),
    };

    private enum Fate
    {
        Answered,
        Refused,
        AnswerLost,
        LostOnTheWay,
    }
}
