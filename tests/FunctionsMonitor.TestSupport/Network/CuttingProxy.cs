using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FunctionsMonitor.TestSupport.Network;

/// <summary>
/// Stands between a client and a server, passes bytes on, and does what networks do seldom at exactly the moment a test needs: the server has
/// done what it was asked for and the answer is lost, or a request comes in long after its client gave up. It knows no protocol; a request is
/// recognised by bytes in it, such as <c>PUT /account/container/</c> or <c>COMMIT</c>.
/// </summary>
/// <example>
/// <code>
/// await using var proxy = new CuttingProxy(new IPEndPoint(IPAddress.Loopback, server.Port));
/// var loss = proxy.LoseAnswer("COMMIT");
/// // … the client at proxy.Port commits, and never hears of it
/// await loss.Happened;
/// </code>
/// </example>
public sealed class CuttingProxy : IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint server;
    private readonly ConcurrentQueue<Fault> armed = new();
    private readonly ConcurrentBag<Task> connections = [];
    private readonly CancellationTokenSource end = new();
    private readonly Task accepting;
    private int disposed;

    public CuttingProxy(IPEndPoint server)
    {
        this.server = server;
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>Where clients connect, on 127.0.0.1.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>
    /// The next request that has this text in it reaches the server whole; when the first byte of the answer comes, the connection is reset
    /// instead. Once; arm it again for another.
    /// </summary>
    public LostAnswer LoseAnswer(string part)
    {
        var fault = new LostAnswer(Encoding.UTF8.GetBytes(part));
        armed.Enqueue(fault);
        return fault;
    }

    /// <summary>The next request that has this text in it is kept here, also when its client goes away, until it is released.</summary>
    public HeldRequest Hold(string part)
    {
        var fault = new HeldRequest(Encoding.UTF8.GetBytes(part));
        armed.Enqueue(fault);
        return fault;
    }

    /// <summary>Ends all connections and refuses new ones. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1)
            return;

        await end.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(connections);
        listener.Dispose();
        end.Dispose();
    }

    /// <summary>By RST, so that the client cannot take it for an orderly end.</summary>
    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // It is over already.
        }

        socket.Close();
    }

    private async Task AcceptAsync()
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                connections.Add(RelayAsync(await listener.AcceptSocketAsync(end.Token)));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var _ = client;
        using var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
        var connection = new Connection(client, upstream);
        try
        {
            await upstream.ConnectAsync(server, over.Token);
            var pumps = new[] { RequestsAsync(connection, over.Token), AnswersAsync(connection, over.Token) };
            await await Task.WhenAny(pumps);
            await over.CancelAsync();
            await Task.WhenAll(pumps);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Either side ended; so does the other.
        }
        finally
        {
            Reset(client);
        }
    }

    private async Task RequestsAsync(Connection connection, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        while (await connection.Client.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
        {
            switch (Match(connection, buffer.AsSpan(0, count)))
            {
                case LostAnswer loss:
                    connection.Losing = loss;
                    break;
                case HeldRequest held:
                    connection.IsHolding = true;
                    await HoldAsync(connection, held, buffer.AsMemory(0, count), cancellationToken);
                    return;
            }

            await connection.Server.SendAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }

    private static async Task AnswersAsync(Connection connection, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        while (await connection.Server.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
        {
            if (connection.Losing is { } loss)
            {
                Reset(connection.Client);
                loss.Note();
                return;
            }

            await connection.Client.SendAsync(buffer.AsMemory(0, count), cancellationToken);
        }

        // The server may close a connection on which nothing comes; a request that is held here is sent on one of its own.
        if (connection.IsHolding)
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    /// <summary>Takes the rest of the request until its client goes away, and sends all of it when it is released.</summary>
    private static async Task HoldAsync(Connection connection, HeldRequest held, ReadOnlyMemory<byte> first, CancellationToken cancellationToken)
    {
        var request = new MemoryStream();
        request.Write(first.Span);
        held.NoteArrived();
        var buffer = new byte[BufferBytes];
        try
        {
            while (await connection.Client.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
                request.Write(buffer, 0, count);
        }
        catch (SocketException)
        {
            // It went away in anger.
        }

        held.NoteGivenUp();
        await held.Released.WaitAsync(cancellationToken);
        using var late = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await late.ConnectAsync(connection.Server.RemoteEndPoint!, cancellationToken);
        await late.SendAsync(request.ToArray(), cancellationToken);
        var answer = await late.ReceiveAsync(buffer, cancellationToken);
        held.NoteAnswer(Encoding.UTF8.GetString(buffer, 0, answer).Split('\r', 2)[0]);
    }

    /// <summary>Also finds what is cut in two by the network.</summary>
    private Fault? Match(Connection connection, ReadOnlySpan<byte> chunk)
    {
        byte[] seen = [.. connection.Tail, .. chunk];
        foreach (var fault in armed)
        {
            if (seen.AsSpan().IndexOf(fault.Part) < 0 || !fault.TryTake())
                continue;

            connection.Tail = [];
            return fault;
        }

        connection.Tail = seen[^Math.Min(seen.Length, Fault.MaxPartBytes)..];
        return null;
    }

    private sealed class Connection(Socket client, Socket server)
    {
        public Socket Client { get; } = client;

        public Socket Server { get; } = server;

        public byte[] Tail { get; set; } = [];

        public volatile LostAnswer? Losing;

        public volatile bool IsHolding;
    }
}
