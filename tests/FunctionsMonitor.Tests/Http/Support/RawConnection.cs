using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace FunctionsMonitor.Tests.Http.Support;

/// <summary>A connection on which a test can say what no HTTP client would.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp);

    private RawConnection()
    {
    }

    public static async Task<RawConnection> OpenAsync(HttpMonitor monitor)
    {
        var connection = new RawConnection();
        await connection.socket.ConnectAsync("127.0.0.1", monitor.Port).WaitAsync(Bound);
        return connection;
    }

    /// <summary>A POST of events with these headers and what follows them.</summary>
    public Task PostEventsAsync(string headers, string rest) =>
        SendAsync($"POST /events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n{headers}\r\n\r\n{rest}");

    public async Task SendAsync(string text) =>
        await socket.SendAsync(Encoding.Latin1.GetBytes(text), SocketFlags.None).WaitAsync(Bound);

    /// <summary>Says that nothing more comes, and still listens.</summary>
    public void EndSending() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>Goes without a word: the other side sees a reset.</summary>
    public void Abort()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    /// <summary>All that comes until the other side closes; empty when it closes without an answer.</summary>
    public async Task<(int Status, string Text)> ReadAsync()
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, SocketFlags.None).WaitAsync(Bound) is > 0 and var count)
                bytes.Write(buffer, 0, count);
        }
        catch (SocketException)
        {
            // A reset after, or instead of, the answer.
        }

        var text = Encoding.UTF8.GetString(bytes.ToArray());
        return (text.Length == 0 ? 0 : int.Parse(text.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture), text);
    }

    public void Dispose() => socket.Dispose();
}
