using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.TestSupport.State;

/// <summary>What <see cref="IFlushSchedule"/> promises; every schedule has a class that derives from this one.</summary>
public abstract class FlushScheduleContract
{
    private static readonly DateTimeOffset Now = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero).AddMicroseconds(123_457);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Two objects on one empty place, as two processes have them.</summary>
    protected abstract ValueTask<(IFlushSchedule One, IFlushSchedule Other)> CreateAsync();

    [Fact]
    public async Task The_last_flush_is_unknown_until_it_is_written_and_known_to_everybody_then()
    {
        var (schedule, other) = await CreateAsync();
        Assert.Null(await schedule.ReadLastFlushAsync(Token));
        await schedule.WriteLastFlushAsync(Now, Token);
        Assert.Equal(Now, await schedule.ReadLastFlushAsync(Token));
        Assert.Equal(Now, await other.ReadLastFlushAsync(Token));
    }

    [Fact]
    public async Task The_last_writer_wins_and_not_the_latest_time()
    {
        // A clock that was a year ahead for a moment must not keep flushes from being due for a year.
        var (schedule, other) = await CreateAsync();
        await schedule.WriteLastFlushAsync(Now.AddYears(1), Token);
        await other.WriteLastFlushAsync(Now, Token);
        Assert.Equal(Now, await schedule.ReadLastFlushAsync(Token));
    }
}
