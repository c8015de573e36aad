using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Http.Responses;
using FunctionsMonitor.Live;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FunctionsMonitor.Http.Streaming;

/// <summary>
/// Answers with Server-Sent Events until the client leaves, the host stops or the stream has lasted long enough. Written directly: the framework's
/// own result knows no comments, and a heartbeat is one.
/// </summary>
internal sealed class EventStream(
    LiveSubscription subscription, MonitoringBroadcaster broadcaster, LiveResume resume, string? lastEventId, string instance, LiveOptions options,
    TimeProvider time, CancellationToken stopping) : IResult, IStatusCodeHttpResult
{
    private const int FlushBytes = 16 * 1024;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);

    /// <summary>How long an ending stream waits for a client that does not read.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private LiveState? told;
    private volatile bool heartbeatDue;

    public int? StatusCode => StatusCodes.Status200OK;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var leaving = subscription;
        using var deadline = new CancellationTokenSource(options.MaxDuration, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, deadline.Token, stopping);
        using var writing = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted);
        await using var hurry = ending.Token.Register(() => writing.CancelAfter(Farewell));
        await using var heartbeat = time.CreateTimer(_ => RemindOfHeartbeat(), null, options.Heartbeat, options.Heartbeat);

        httpContext.Response.ContentType = SseFrame.ContentType;
        // Nginx and what is built on it would hold a stream back until it ends.
        httpContext.Response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var writer = httpContext.Response.BodyWriter;
        try
        {
            SseFrame.WriteRetry(writer, RetryDelay);
            TellState(writer);
            await writer.FlushAsync(writing.Token).ConfigureAwait(false);
            await SendAsync(writer, writing.Token, ending.Token).ConfigureAwait(false);

            SseFrame.WriteRetry(writer, RetryDelay);
            Tell(writer, "end", new EndNotice(deadline.IsCancellationRequested ? "max_duration" : "shutdown"), HttpJson.Wire.EndNotice);
            await writer.FlushAsync(writing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The client has left; or it did not read to the end, and would hold the host's stop up.
            if (!httpContext.RequestAborted.IsCancellationRequested)
                httpContext.Abort();
        }
    }

    /// <summary>Returns when <paramref name="ending"/> says so, and throws when the client has left.</summary>
    private async Task SendAsync(PipeWriter writer, CancellationToken writing, CancellationToken ending)
    {
        try
        {
            if (lastEventId is not null)
                await SendMissedAsync(writer, lastEventId, writing, ending).ConfigureAwait(false);

            while (!ending.IsCancellationRequested)
            {
                await SendWaitingAsync(writer, writing, ending).ConfigureAwait(false);
                await subscription.WaitAsync(ending).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested && !writing.IsCancellationRequested)
        {
            // Its time has come; there is a farewell to say.
        }
    }

    private async ValueTask SendMissedAsync(PipeWriter writer, string last, CancellationToken writing, CancellationToken ending)
    {
        var missed = await resume.ReadAsync(subscription, last, ending).ConfigureAwait(false);
        foreach (var item in missed.Events)
        {
            Send(writer, item);
            await FlushAsync(writer, FlushBytes, writing).ConfigureAwait(false);
        }

        Tell(writer, "resumed", new ResumedNotice(missed.Events.Count, missed.Complete), HttpJson.Wire.ResumedNotice);
        await FlushAsync(writer, 1, writing).ConfigureAwait(false);
    }

    private async ValueTask SendWaitingAsync(PipeWriter writer, CancellationToken writing, CancellationToken ending)
    {
        TellState(writer);
        while (!ending.IsCancellationRequested && subscription.TryTake(out var item, out var lost))
        {
            if (lost > 0)
                Tell(writer, "dropped", new DroppedNotice(lost), HttpJson.Wire.DroppedNotice);
            if (item is not null)
                Send(writer, item);
            await FlushAsync(writer, FlushBytes, writing).ConfigureAwait(false);
        }

        if (heartbeatDue && writer.UnflushedBytes == 0)
            writer.Write(SseFrame.Heartbeat);
        heartbeatDue = false;
        await FlushAsync(writer, 1, writing).ConfigureAwait(false);
    }

    private static async ValueTask FlushAsync(PipeWriter writer, int fromBytes, CancellationToken cancellationToken)
    {
        if (writer.UnflushedBytes < fromBytes)
            return;

        var result = await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (result.IsCompleted)
            throw new OperationCanceledException("The client has left.");
    }

    private void RemindOfHeartbeat()
    {
        heartbeatDue = true;
        subscription.Wake();
    }

    private void TellState(PipeWriter writer)
    {
        var state = broadcaster.State;
        if (state == told)
            return;

        told = state;
        Tell(writer, "feed", new FeedNotice(instance, state.Adapter, state.Connected), HttpJson.Wire.FeedNotice);
    }

    /// <summary>The same JSON as an item of <c>GET /events</c>.</summary>
    private static void Send(PipeWriter writer, LiveEvent item) => SseFrame.Write(
        writer, item.Id.ToString(), null, JsonSerializer.SerializeToUtf8Bytes(EventResponse.Of(item.Item), HttpJson.Wire.EventResponse));

    private static void Tell<T>(PipeWriter writer, string name, T notice, JsonTypeInfo<T> type) =>
        SseFrame.Write(writer, null, name, JsonSerializer.SerializeToUtf8Bytes(notice, type));
}
