using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FunctionsMonitor.TestSupport;
using FunctionsMonitor.TestSupport.Network;

namespace FunctionsMonitor.Benchmarks.Startup;

/// <summary>One start of one program, and what it took until it had answered.</summary>
/// <param name="First">Milliseconds from before the process was made until <see cref="LivePath"/> had answered 2xx.</param>
/// <param name="FirstCpu">Of processor time, all threads, until then.</param>
/// <param name="FirstMegabytes">In memory then, libraries included, of a million bytes.</param>
/// <param name="Event">Milliseconds from the beginning until <c>POST /events</c> had answered 202, which it does when the event is durable; null for a rival.</param>
/// <param name="Page">The same of <c>GET /dashboard</c>, the third request.</param>
/// <param name="LastMegabytes">In memory after the last request, or after the rest that was asked for.</param>
internal sealed record ColdStart(double First, double FirstCpu, double FirstMegabytes, double? Event, double? Page, double LastMegabytes)
{
    public const string LivePath = "/health/live";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(1);

    /// <param name="command">The program and its arguments; it listens where <c>ASPNETCORE_URLS</c> says.</param>
    /// <param name="isOurs">Ask for an event and the page too.</param>
    /// <param name="environment">Further variables, such as <c>DOTNET_TieredPGO</c>.</param>
    /// <param name="rest">How long to leave it alone before its memory is read for the last time.</param>
    public static async Task<ColdStart> MeasureAsync(
        string[] command, bool isOurs, IEnumerable<KeyValuePair<string, string>> environment, TimeSpan rest)
    {
        using var folder = new TemporaryFolder();
        var port = FreePort.Next();
        var info = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["ASPNETCORE_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        info.Environment["FunctionsMonitor__DataPath"] = folder["data"];
        foreach (var (name, value) in environment)
            info.Environment[name] = value;

        using var timeout = new CancellationTokenSource(Patience);
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(info)!;
        try
        {
            // What it says must be taken from it, or it would wait for room.
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, timeout.Token);
            _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null, timeout.Token);
            using (var first = await ConnectAsync(port, process, timeout.Token))
                await AskAsync(first, $"GET {LivePath}", "", timeout.Token);
            var live = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            process.Refresh();
            var (cpu, megabytes) = (process.TotalProcessorTime.TotalMilliseconds, process.WorkingSet64 / 1e6);

            double? acknowledged = null, page = null;
            if (isOurs)
            {
                var now = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
                using (var second = await ConnectAsync(port, process, timeout.Token))
                    await AskAsync(second, "POST /events", $$"""{"event_type":"cold","source":"start","timestamp":"{{now}}","data":{} }""", timeout.Token);
                acknowledged = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                using (var third = await ConnectAsync(port, process, timeout.Token))
                    await AskAsync(third, "GET /dashboard", "", timeout.Token);
                page = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            }

            await Task.Delay(rest, timeout.Token);
            process.Refresh();
            return new(live, cpu, megabytes, acknowledged, page, process.WorkingSet64 / 1e6);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    /// <summary>Knocks until it listens.</summary>
    private static async Task<Socket> ConnectAsync(int port, Process process, CancellationToken cancellationToken)
    {
        while (!process.HasExited)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return socket;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
            {
                socket.Dispose();
                await Task.Delay(Poll, cancellationToken);
            }
        }

        throw new InvalidOperationException($"The program ended with {process.ExitCode} before it listened.");
    }

    /// <summary>By hand: what a client of HTTP costs at its own first request is not to be measured.</summary>
    private static async Task AskAsync(Socket socket, string line, string body, CancellationToken cancellationToken)
    {
        var content = body.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n");
        await socket.SendAsync(Encoding.ASCII.GetBytes($"{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{content}\r\n{body}"), cancellationToken);
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var answer = await reader.ReadToEndAsync(cancellationToken);
        if (!answer.StartsWith("HTTP/1.1 2", StringComparison.Ordinal))
            throw new InvalidOperationException($"{line} was answered with:\n{answer}");
    }
}
