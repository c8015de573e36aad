using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace FunctionsMonitor.LoadTest.Engine;

/// <summary>
/// Load from one thread that asks the system which of its sockets can go on, and waits for nothing else: per request that is one call to send
/// and one to receive. The generator shares its cores with the server that is measured.
/// </summary>
internal sealed class LoadRun
{
    /// <summary>A server that breaks this many connections is not one to measure.</summary>
    private const int MaxBroken = 1_000;

    /// <summary>The system's clock for waiting; a request that is due earlier than that is sent later, and measured from when it was due.</summary>
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    private readonly IPEndPoint address;
    private readonly IRequests requests;
    private readonly LoadPlan plan;
    private readonly IAnswers? answers;
    private readonly Dictionary<Socket, LoadConnection> connections = [];
    private readonly Stack<LoadConnection> idle = new();
    private readonly List<Socket> readable = [], writable = [];
    private readonly Latencies latencies = new(), lateness = new();
    private readonly SortedDictionary<int, long> refusals = [];
    private readonly long start, measured, end;
    private readonly OpenLoopSchedule? schedule;
    private long acknowledged, unexpected, broken, unanswered, unsent;

    private LoadRun(IPEndPoint address, IRequests requests, LoadPlan plan, IAnswers? answers)
    {
        this.address = address;
        this.requests = requests;
        this.plan = plan;
        this.answers = answers;
        for (var i = 0; i < plan.Connections; i++)
            Connect();

        start = Stopwatch.GetTimestamp();
        measured = start + Ticks(plan.WarmUp);
        end = measured + Ticks(plan.Duration);
        schedule = plan.Rate is { } rate ? new OpenLoopSchedule(start, Stopwatch.Frequency, rate) : null;
    }

    /// <summary>Runs a plan to its end, on a thread of its own.</summary>
    /// <param name="address">Where the server listens.</param>
    /// <param name="requests">What to ask of it.</param>
    /// <param name="plan">How much of it.</param>
    /// <param name="answers">Who is told of each request; null for nobody.</param>
    /// <param name="begun">Called when what is measured begins.</param>
    /// <param name="ended">Called when what is measured has ended, before outstanding answers are waited for.</param>
    /// <param name="cancellationToken">Ends it at once, without figures.</param>
    public static Task<LoadFigures> RunAsync(
        IPEndPoint address, IRequests requests, LoadPlan plan, IAnswers? answers = null, Action? begun = null, Action? ended = null,
        CancellationToken cancellationToken = default) => Task.Factory.StartNew(
            () =>
            {
                var run = new LoadRun(address, requests, plan, answers);
                try
                {
                    return run.Run(begun, ended, cancellationToken);
                }
                finally
                {
                    foreach (var connection in run.connections.Values)
                        connection.Dispose();
                }
            },
            cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private LoadFigures Run(Action? begun, Action? ended, CancellationToken cancellationToken)
    {
        var giveUp = end + Ticks(plan.Patience);
        var (hasBegun, hasEnded) = (false, false);
        while (true)
        {
            var now = Stopwatch.GetTimestamp();
            if (!hasBegun && now >= measured)
            {
                hasBegun = true;
                begun?.Invoke();
            }

            if (!hasEnded && now >= end)
            {
                hasEnded = true;
                ended?.Invoke();
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (now < end)
                SendDue(now);
            else if (idle.Count == connections.Count || now >= giveUp)
                break;

            Wait(now);
            foreach (var socket in writable)
                Try(connections[socket], static (_, connection) => connection.Send());
            foreach (var socket in readable)
            {
                if (connections.TryGetValue(socket, out var connection))
                    Try(connection, static (run, connection) => run.Receive(connection));
            }
        }

        var over = Stopwatch.GetTimestamp();
        foreach (var connection in connections.Values.Where(connection => connection.IsBusy))
        {
            unanswered++;
            Record(connection.IntendedAt, over);
            answers?.Note(connection.FirstEvent, requests.Events, RequestOutcome.Unknown);
        }

        // What was due and never sent waited at least until now. To leave it out is what makes a server that stalls look good.
        while (schedule is not null && schedule.TryTake(end - 1, out var intended))
        {
            unsent++;
            Record(intended, over);
        }

        return new LoadFigures
        {
            Plan = plan,
            EventsPerRequest = requests.Events,
            Acknowledged = acknowledged,
            Unexpected = unexpected,
            Refusals = refusals,
            Broken = broken,
            Unanswered = unanswered,
            Unsent = unsent,
            Latencies = latencies,
            Lateness = lateness,
        };
    }

    private void SendDue(long now)
    {
        while (idle.Count > 0)
        {
            var intended = now;
            if (schedule is not null && !schedule.TryTake(now, out intended))
                return;

            var connection = idle.Pop();
            if (schedule is not null && intended >= measured)
                lateness.Record(Stopwatch.GetElapsedTime(intended, now));
            Try(connection, (run, connection) => connection.Begin(run.requests, intended));
        }
    }

    private void Wait(long now)
    {
        readable.Clear();
        writable.Clear();
        foreach (var (socket, connection) in connections)
        {
            readable.Add(socket);
            if (connection.IsSending)
                writable.Add(socket);
        }

        var left = now < end ? Stopwatch.GetElapsedTime(now, end) : LongestWait;
        if (now < end && schedule is not null && idle.Count > 0)
            left = Stopwatch.GetElapsedTime(now, Math.Min(schedule.Next, end));
        left = left < ShortestWait ? ShortestWait : left > LongestWait ? LongestWait : left;
        Socket.Select(readable, writable, null, left);
    }

    private void Receive(LoadConnection connection)
    {
        if (!connection.Receive())
            return;

        var now = Stopwatch.GetTimestamp();
        idle.Push(connection);
        var isSuccess = connection.Status is >= 200 and < 300;
        var isExpected = connection.Body.StartsWith(requests.Expected.Span);
        answers?.Note(
            connection.FirstEvent, requests.Events, isSuccess && isExpected ? RequestOutcome.Acknowledged : RequestOutcome.Refused);

        // The throughput of a window are the answers in it; its latencies, in an open loop, those of the requests that were meant for it.
        if (now >= measured && now < end)
        {
            if (!isSuccess)
                refusals[connection.Status] = refusals.GetValueOrDefault(connection.Status) + 1;
            else if (!isExpected)
                unexpected++;
            else
                acknowledged++;
        }

        Record(connection.IntendedAt, now);
    }

    private void Record(long intended, long now)
    {
        if (intended >= measured)
            latencies.Record(Stopwatch.GetElapsedTime(intended, now));
    }

    private void Try(LoadConnection connection, Action<LoadRun, LoadConnection> step)
    {
        try
        {
            step(this, connection);
        }
        catch (SocketException exception)
        {
            var wasBusy = connection.IsBusy;
            connections.Remove(connection.Socket);
            connection.Dispose();
            if (wasBusy)
                answers?.Note(connection.FirstEvent, requests.Events, RequestOutcome.Unknown);
            if (wasBusy && ++broken > MaxBroken)
                throw new InvalidOperationException($"{broken} connections were broken while they waited for an answer.", exception);

            Reconnect(connection);
        }
    }

    /// <summary>In place of one that is gone; a server that takes none ends the run.</summary>
    private void Reconnect(LoadConnection gone)
    {
        if (!gone.IsBusy)
        {
            // It was closed while nothing was on its way; it is among the idle ones still.
            var others = idle.Where(connection => connection != gone).ToArray();
            idle.Clear();
            foreach (var connection in others)
                idle.Push(connection);
        }

        Connect();
    }

    private void Connect()
    {
        var connection = new LoadConnection(address, requests.NewBuffer());
        connections.Add(connection.Socket, connection);
        idle.Push(connection);
    }

    private static long Ticks(TimeSpan duration) => (long)(duration.TotalSeconds * Stopwatch.Frequency);
}
