using System.Globalization;
using System.Text;
using DurableCircuitBreaker;

namespace FunctionsMonitor.BreakerChild;

/// <summary>Uses of a file store, each until it is done or this process is killed.</summary>
internal static class FileCommands
{
    /// <summary>Adds one to the number under a name, so often, by compare-and-swap.</summary>
    public static async Task CountAsync(string folder, string name, int times)
    {
        Announce();
        var store = new FileBreakerStateStore(folder);
        for (var done = 0; done < times;)
        {
            var reading = await store.ReadAsync(name, CancellationToken.None);
            var next = reading.Content is { } content ? int.Parse(Encoding.UTF8.GetString(content.Span), CultureInfo.InvariantCulture) + 1 : 1;
            if ((await store.WriteAsync(name, Encoding.UTF8.GetBytes(next.ToString(CultureInfo.InvariantCulture)), reading.Tag, CancellationToken.None)).IsWritten)
                done++;
        }
    }

    /// <summary>Writes long values of one letter each, without an end.</summary>
    public static async Task WriteAsync(string folder, string name)
    {
        Announce();
        var store = new FileBreakerStateStore(folder);
        for (var i = 0; ; i++)
        {
            var tag = (await store.ReadAsync(name, CancellationToken.None)).Tag;
            await store.WriteAsync(name, Encoding.UTF8.GetBytes(new string((char)('a' + i % 26), 32 * 1024)), tag, CancellationToken.None);
        }
    }

    /// <summary>Holds a lock file as a writer that was stopped in the middle of a write does.</summary>
    public static async Task HoldAsync(string path)
    {
        await using var held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
    }

    private static void Announce()
    {
        Console.WriteLine("ready");
        _ = Task.Run(async () =>
        {
            await Console.In.ReadToEndAsync();
            Environment.Exit(0);
        });
    }
}
