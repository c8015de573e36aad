using FunctionsMonitor.Buffering;
using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Storage.Files;
using FunctionsMonitor.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.Idempotency;

/// <summary>
/// A process ends at each step of a request with an idempotency key: the call never comes back, nothing after it runs. The client sends the
/// same bytes to another process, ten minutes later; its events have neither an id nor a time of their own.
/// </summary>
public sealed class IdempotencyCrashTests : IDisposable
{
    private const string Body = """[{"event_type":"a","source":"s","data":{"n":1}},{"event_type":"b","source":"s","data":{"n":2}},7]""";
    private readonly TemporaryFolder folder = new();
    private readonly FaultyFileSystem files = new();
    private readonly HookedIdempotencyStore store = new();
    private readonly ManualResetEventSlim released = new();
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static TheoryData<string, bool, bool> Steps
    {
        get
        {
            var steps = new TheoryData<string, bool, bool>();
            foreach (var step in (string[])["before the record", "after the record", "before the segment", "after the segment", "before the answer", "after the answer"])
            {
                steps.Add(step, false, false);
                steps.Add(step, true, false);
                steps.Add(step, true, true);
            }

            return steps;
        }
    }

    public void Dispose()
    {
        released.Dispose();
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Wherever_the_first_try_ended_the_second_stores_its_events_once(string step, bool flushBetween, bool retryTwice)
    {
        var dead = new TestMonitor(folder.Path, services =>
        {
            store.Register(services);
            services.AddSingleton<IFileSystem>(files);
        });
        var receivedAt = dead.Time.GetUtcNow();
        EndAt(step);
        var post = Task.Run(() => dead.PostOnceAsync("order-7", Body).AsTask(), TestContext.Current.CancellationToken);
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        await using (var next = new TestMonitor(folder.Path))
        {
            next.Time.Advance(TimeSpan.FromMinutes(10));
            if (flushBetween)
                await next.FlushAsync();
            var (answer, replayed) = await next.PostOnceAsync("order-7", Body);
            Assert.StartsWith("2 1 ", Text(answer), StringComparison.Ordinal);
            Assert.Equal(step == "after the answer", replayed);
            if (retryTwice)
                Assert.Equal((Text(answer), true), await AnswerAsync(next));
            await next.FlushAsync();

            var stored = await next.EventsAsync();
            Assert.Equal(["a", "b"], stored.Select(item => item.Type).Order());
            var expected = step == "before the record" ? next.Time.GetUtcNow() : receivedAt;
            Assert.All(stored, item => Assert.Equal((expected, 8), (FunctionsMonitor.Events.EventTime.FromMicroseconds(item.Key.Timestamp), item.Key.Id.Version)));
            Assert.True((await next.LedgerAsync()).Balanced);

            // And a fresh event passes, under a fresh key.
            await next.PostOnceAsync("order-8", Body);
            Assert.Equal(2, (await next.FlushAsync()).Stored);
        }

        await EndAsync(dead, post);
    }

    private static async Task<(string, bool)> AnswerAsync(TestMonitor monitor)
    {
        var (answer, replayed) = await monitor.PostOnceAsync("order-7", Body);
        return (Text(answer), replayed);
    }

    private static string Text(IdempotencyAnswer answer) => System.Text.Encoding.UTF8.GetString(answer.Body.Span);

    private void EndAt(string step)
    {
        switch (step)
        {
            case "before the record":
                store.BeforeCreate = _ => Here();
                break;
            case "after the record":
                store.AfterCreate = Here;
                break;
            case "before the segment":
                files.BeforeRename = path => EndIf(path.EndsWith(".tmp", StringComparison.Ordinal));
                break;
            case "after the segment":
                files.AfterRename = path => EndIf(path.EndsWith(".fms", StringComparison.Ordinal));
                break;
            case "before the answer":
                store.BeforeAnswer = _ => Here();
                break;
            default:
                store.AfterAnswer = Here;
                break;
        }
    }

    private Task Here()
    {
        EndIf(true);
        return Task.CompletedTask;
    }

    private void EndIf(bool here)
    {
        if (!here)
            return;

        reached.TrySetResult();
        released.Wait(TimeSpan.FromSeconds(60));
        throw new IOException("The process is gone.");
    }

    /// <summary>Lets the dead process's thread go; nothing of what it does now is looked at.</summary>
    private async Task EndAsync(TestMonitor dead, Task call)
    {
        released.Set();
        try
        {
            await call.WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (Exception exception) when (exception is BufferUnavailableException or IdempotencyException)
        {
            // It cannot know any more.
        }

        await dead.DisposeAsync();
    }
}
