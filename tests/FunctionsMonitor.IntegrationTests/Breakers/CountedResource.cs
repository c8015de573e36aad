using System.Net;
using System.Threading.Channels;
using FunctionsMonitor.TestSupport.Network;

namespace FunctionsMonitor.IntegrationTests.Breakers;

/// <summary>What breakers guard in these tests: a loopback HTTP resource that is well, fails, or holds requests until it is told.</summary>
internal sealed class CountedResource : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly Channel<Held> held = Channel.CreateUnbounded<Held>();
    private readonly Task serving;
    private int calls;

    public CountedResource()
    {
        Address = new Uri($"http://127.0.0.1:{FreePort.Next()}/");
        listener.Prefixes.Add(Address.ToString());
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    public enum Mode
    {
        Healthy,
        Failing,
        Holding,
    }

    public Uri Address { get; }

    public Mode Is { get; set; }

    /// <summary>Requests that came so far, held ones too.</summary>
    public int Calls => Volatile.Read(ref calls);

    /// <summary>The next request that is held, now or later.</summary>
    public Task<Held> NextHeldAsync() => held.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Support.Eventually.Bound);

    public async ValueTask DisposeAsync()
    {
        listener.Abort();
        await serving;
    }

    private static void Answer(HttpListenerContext context, HttpStatusCode status)
    {
        try
        {
            context.Response.StatusCode = (int)status;
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // Its caller was killed.
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                Interlocked.Increment(ref calls);
                if (Is == Mode.Holding)
                    held.Writer.TryWrite(new Held(context));
                else
                    Answer(context, Is == Mode.Healthy ? HttpStatusCode.OK : HttpStatusCode.InternalServerError);
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    /// <summary>A request that waits for its answer.</summary>
    public sealed class Held(HttpListenerContext context)
    {
        /// <summary>Who asks.</summary>
        public string Host { get; } = context.Request.Headers["x-host"]!;

        public void Release(HttpStatusCode status = HttpStatusCode.OK) => Answer(context, status);
    }
}
