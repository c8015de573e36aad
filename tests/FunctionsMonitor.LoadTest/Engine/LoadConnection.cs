using System.Net;
using System.Net.Sockets;

namespace FunctionsMonitor.LoadTest.Engine;

/// <summary>One connection, which is never waited for: it takes and gives as much as there is.</summary>
internal sealed class LoadConnection : IDisposable
{
    private const int FirstReceiveBytes = 16 * 1024;
    private readonly byte[] request;
    private byte[] received = new byte[FirstReceiveBytes];
    private int receivedBytes;
    private int sentBytes;

    public LoadConnection(IPEndPoint address, byte[] request)
    {
        this.request = request;
        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            Socket.Connect(address);
            Socket.Blocking = false;
        }
        catch
        {
            Socket.Dispose();
            throw;
        }
    }

    public Socket Socket { get; }

    /// <summary>A request is on its way, or its answer.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>Not all of the request has been taken by the system.</summary>
    public bool IsSending => IsBusy && sentBytes < request.Length;

    /// <summary>Of the request on its way: the number of its first event.</summary>
    public long FirstEvent { get; private set; }

    /// <summary>Of the request on its way: when it was meant to be sent.</summary>
    public long IntendedAt { get; private set; }

    /// <summary>Of the answer: what the server said.</summary>
    public int Status { get; private set; }

    /// <summary>Of the answer: its body.</summary>
    public ReadOnlySpan<byte> Body => received.AsSpan(bodyAt, receivedBytes - bodyAt);

    private int bodyAt;

    /// <summary>Makes the next request and sends what the system takes of it.</summary>
    public void Begin(IRequests requests, long intended)
    {
        FirstEvent = requests.Prepare(request);
        IntendedAt = intended;
        (IsBusy, sentBytes, receivedBytes) = (true, 0, 0);
        Send();
    }

    /// <summary>Sends what the system takes.</summary>
    /// <exception cref="SocketException">The connection is broken.</exception>
    public void Send()
    {
        while (sentBytes < request.Length)
        {
            var sent = Socket.Send(request.AsSpan(sentBytes), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                return;
            if (error != SocketError.Success)
                throw new SocketException((int)error);
            sentBytes += sent;
        }
    }

    /// <summary>Takes what is there; true when the answer is whole.</summary>
    /// <exception cref="SocketException">The connection is broken.</exception>
    /// <exception cref="InvalidDataException">The server does not speak HTTP/1.1.</exception>
    public bool Receive()
    {
        if (receivedBytes == received.Length)
            Array.Resize(ref received, received.Length * 2);
        var count = Socket.Receive(received.AsSpan(receivedBytes), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
            return false;
        if (error != SocketError.Success || count == 0)
            throw new SocketException((int)(error == SocketError.Success ? SocketError.ConnectionReset : error));

        receivedBytes += count;
        if (!IsBusy)
            throw new InvalidDataException("The server answers what nobody asked.");
        if (!ResponseParser.TryRead(received.AsSpan(0, receivedBytes), out var status, out bodyAt))
            return false;

        Status = status;
        IsBusy = false;
        return true;
    }

    public void Dispose() => Socket.Dispose();
}
