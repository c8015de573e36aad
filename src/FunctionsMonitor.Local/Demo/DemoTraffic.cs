using System.Net;
using System.Net.Http.Headers;
using FunctionsMonitor.Local.Access;
using FunctionsMonitor.Local.Startup;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Local.Demo;

/// <summary>
/// Sends sample traffic to this host's own endpoint, as a client would: over HTTP, with the ingest key if there is one, slower when it is
/// told to wait. About <see cref="EventsPerSecond"/> events a second.
/// </summary>
internal sealed class DemoTraffic(
    OwnAddress address, IOptions<KeysOptions> keys, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<DemoTraffic> logger)
    : BackgroundService
{
    public const int EventsPerSecond = 30;
    private static readonly TimeSpan BackOff = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(1);
    private bool failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await StartedAsync(stoppingToken).ConfigureAwait(false);

        // The environment's proxy has no business between this process and itself.
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address.ForThisMachine };
        if (keys.Value.Ingest is { Length: > 0 } key)
            client.DefaultRequestHeaders.Add(AccessGuard.KeyHeader, key);

        Log.DemoBegins(logger, EventsPerSecond);
        var events = new DemoEvents(unchecked((int)time.GetUtcNow().Ticks));
        while (!stoppingToken.IsCancellationRequested)
        {
            var request = events.Next(time.GetUtcNow());
            var wait = await SendAsync(client, request, stoppingToken).ConfigureAwait(false);
            await Task.Delay(wait ?? TimeSpan.FromSeconds((double)request.Events / EventsPerSecond), time, stoppingToken).ConfigureAwait(false);
        }
    }

    /// <returns>How long to leave the host alone; null when it took the events.</returns>
    private async ValueTask<TimeSpan?> SendAsync(HttpClient client, DemoRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new ByteArrayContent(request.Body);
            content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType);
            using var response = await client.PostAsync(new Uri("/events", UriKind.Relative), content, cancellationToken).ConfigureAwait(false);

            // 422: all of its events are invalid and validation is strict. That is an answer, not a failure.
            if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.UnprocessableEntity)
            {
                failing = false;
                return null;
            }

            Fail($"{(int)response.StatusCode} {response.ReasonPhrase}");
            return RetryAfter(response);
        }
        catch (HttpRequestException exception)
        {
            // The host may be shutting down, or busy; a demo must not end it.
            Fail(exception.Message);
            return BackOff;
        }
    }

    private static TimeSpan RetryAfter(HttpResponseMessage response) =>
        response.Headers.RetryAfter?.Delta is not { } asked ? BackOff : asked < LongestBackOff ? asked : LongestBackOff;

    private void Fail(string cause)
    {
        if (!failing)
            Log.DemoBacksOff(logger, cause);
        failing = true;
    }

    private async Task StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken).ConfigureAwait(false);
    }
}
