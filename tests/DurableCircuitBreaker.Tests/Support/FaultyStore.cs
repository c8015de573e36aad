namespace DurableCircuitBreaker.Tests.Support;

/// <summary>The store in memory, and what a store in the world does besides: fail, hang, be slow, lose an answer, tell another time. Counts calls.</summary>
internal sealed class FaultyStore(TimeProvider time) : IBreakerStateStore
{
    private InMemoryBreakerStateStore inner = new(time);

    /// <summary>What every call throws.</summary>
    public Exception? Fault { get; set; }

    /// <summary>What every read throws.</summary>
    public Exception? ReadFault { get; set; }

    /// <summary>What every write throws; nothing is written.</summary>
    public Exception? WriteFault { get; set; }

    /// <summary>What happens just before a write.</summary>
    public Action? BeforeWrite { get; set; }

    /// <summary>The next writes take effect, and their answers are lost.</summary>
    public int LostAnswers { get; set; }

    /// <summary>How long every call takes; <see cref="Timeout.InfiniteTimeSpan"/> is for ever, whatever the token says.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>How long every write takes besides.</summary>
    public TimeSpan WriteDelay { get; set; }

    /// <summary>By what the store's clock is off.</summary>
    public TimeSpan ClockOffset { get; set; }

    public int Reads { get; private set; }

    public int Writes { get; private set; }

    public int Calls => Reads + Writes;

    public async ValueTask<BreakerStoreReading> ReadAsync(string name, CancellationToken cancellationToken)
    {
        Reads++;
        // What was so when the question came: on its way the answer may be overtaken.
        var reading = await inner.ReadAsync(name, CancellationToken.None);
        await AnswerAsync();
        if (ReadFault is { } fault)
            throw fault;

        return reading with { Time = reading.Time + ClockOffset };
    }

    public async ValueTask<BreakerStoreWriting> WriteAsync(
        string name, ReadOnlyMemory<byte> content, string? expectedTag, CancellationToken cancellationToken)
    {
        Writes++;
        BeforeWrite?.Invoke();
        if (WriteDelay != TimeSpan.Zero)
            await Task.Delay(WriteDelay, time, CancellationToken.None);
        await AnswerAsync();
        if (WriteFault is { } fault)
            throw fault;

        var writing = await inner.WriteAsync(name, content, expectedTag, CancellationToken.None);
        if (LostAnswers > 0)
        {
            LostAnswers--;
            throw new IOException("The answer was lost.");
        }

        return writing with { Time = writing.Time + ClockOffset };
    }

    public IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);

    /// <summary>Puts something there as nobody's breaker would.</summary>
    public async Task PutAsync(string name, byte[] content)
    {
        var tag = (await inner.ReadAsync(name, CancellationToken.None)).Tag;
        Assert.True((await inner.WriteAsync(name, content, tag, CancellationToken.None)).IsWritten);
    }

    /// <summary>Somebody deletes everything.</summary>
    public void Forget() => inner = new(time);

    public async Task<string?> TextAsync(string name) =>
        (await inner.ReadAsync(name, CancellationToken.None)).Content is { } content ? System.Text.Encoding.UTF8.GetString(content.Span) : null;

    private async ValueTask AnswerAsync()
    {
        if (Delay != TimeSpan.Zero)
            await Task.Delay(Delay, time, CancellationToken.None);
        if (Fault is { } fault)
            throw fault;
    }
}
