using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using FunctionsMonitor.IntegrationTests.Support;

namespace FunctionsMonitor.IntegrationTests.Breakers;

/// <summary>A real process with a durable breaker around the calls of a <see cref="CountedResource"/>.</summary>
internal sealed class BreakerInstance : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<string>> pending = new();
    private readonly Lock writing = new();
    private ChildProcess child = null!;
    private int lastNumber;
    private int rejections;

    private BreakerInstance(string host) => Host = host;

    public string Host { get; }

    /// <summary>Calls that were rejected so far.</summary>
    public int Rejections => Volatile.Read(ref rejections);

    public Process Process => child.Process;

    public static async Task<BreakerInstance> StartAsync(
        string host, (string Kind, string Where) store, CountedResource resource, double breakSeconds = 120, double leaseSeconds = 60, int successes = 1)
    {
        var instance = new BreakerInstance(host);
        instance.child = await ChildProcess.StartAsync(
            [
                "breaker", $"host={host}", $"store={store.Kind}", $"resource={resource.Address}", "failures=3", $"successes={successes}", "refresh=0.5",
                string.Create(CultureInfo.InvariantCulture, $"break={breakSeconds}"), string.Create(CultureInfo.InvariantCulture, $"lease={leaseSeconds}"),
            ],
            new Dictionary<string, string> { ["BREAKER_STORE"] = store.Where },
            instance.Receive);
        return instance;
    }

    /// <summary>One call through the pipeline: <c>passed</c>, <c>failed</c>, <c>rejected</c> or <c>isolated</c>.</summary>
    public async Task<string> CallAsync()
    {
        var answer = await AskAsync("call");
        if (answer == "rejected")
            Interlocked.Increment(ref rejections);
        return answer;
    }

    /// <summary>Calls until one ends like this.</summary>
    public Task CallUntilAsync(string answer) => Eventually.TrueAsync(async () => await CallAsync() == answer, $"a call of {Host} is {answer}");

    /// <summary>Calls again and again, two at once, until it is stopped or the process dies.</summary>
    public Task CallAlwaysAsync(CancellationToken stop) => Task.WhenAll(CallOnAndOnAsync(stop), CallOnAndOnAsync(stop));

    /// <summary>The shared state as this process reads it now.</summary>
    public async Task<(string State, string Store, long Epoch, long LateResults)> StateAsync()
    {
        var parts = (await AskAsync("state")).Split(' ');
        return (parts[0], parts[1], long.Parse(parts[2], CultureInfo.InvariantCulture), long.Parse(parts[3], CultureInfo.InvariantCulture));
    }

    public async Task IsolateAsync() => Assert.Equal("done", await AskAsync("isolate"));

    public async Task ResetAsync() => Assert.Equal("done", await AskAsync("reset"));

    public Task KillAsync() => child.KillAsync();

    public ValueTask DisposeAsync() => child.DisposeAsync();

    private async Task CallOnAndOnAsync(CancellationToken stop)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (await pace.WaitForNextTickAsync(stop))
                await CallAsync().WaitAsync(stop);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // Stopped, or killed by the test.
        }
    }

    private async Task<string> AskAsync(string command)
    {
        var number = Interlocked.Increment(ref lastNumber);
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        pending[number] = answer;
        lock (writing)
        {
            child.Process.StandardInput.WriteLine($"{number} {command}");
            child.Process.StandardInput.Flush();
        }

        try
        {
            return await answer.Task.WaitAsync(Eventually.Bound);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{Host} did not answer to '{command}'. It said:\n{child.Output}");
        }
    }

    private void Receive(object sender, DataReceivedEventArgs arguments)
    {
        if (arguments.Data is not { } line)
        {
            foreach (var answer in pending.Values)
                answer.TrySetException(new IOException($"{Host} is gone."));
            return;
        }

        if (line.Split(' ', 2) is [var number, var text] && int.TryParse(number, CultureInfo.InvariantCulture, out var key) && pending.TryRemove(key, out var waiting))
            waiting.TrySetResult(text);
    }
}
