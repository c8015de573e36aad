using System.Diagnostics;
using System.Text;

namespace FunctionsMonitor.TestSupport.Processes;

/// <summary>What a process writes, line by line, while it runs.</summary>
public sealed class ProcessOutput
{
    private readonly Lock gate = new();
    private readonly StringBuilder text = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(Func<string, bool> Matches, TaskCompletionSource<string> Found)> awaited = [];

    /// <summary>The stream's last line has been read.</summary>
    public Task Ended => ended.Task;

    public string Text
    {
        get
        {
            lock (gate)
                return text.ToString();
        }
    }

    /// <summary>The first line that matches, now or later.</summary>
    public Task<string> LineAsync(Func<string, bool> matches)
    {
        lock (gate)
        {
            if (text.ToString().Split('\n').FirstOrDefault(matches) is { } line)
                return Task.FromResult(line);

            var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            awaited.Add((matches, found));
            return found.Task;
        }
    }

    /// <summary>The same, of a process that says it; null when the process has ended, or the time is over, and it has not.</summary>
    public async Task<string?> LineAsync(Func<string, bool> matches, Process process, CancellationToken cancellationToken)
    {
        var line = LineAsync(matches);
        return await Task.WhenAny(line, process.WaitForExitAsync(cancellationToken)) == line ? await line : null;
    }

    /// <summary>Starts a process and takes in what it writes to either of its outputs.</summary>
    public void Start(Process process)
    {
        process.OutputDataReceived += Receive;
        process.ErrorDataReceived += Receive;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public void Receive(object sender, DataReceivedEventArgs arguments)
    {
        if (arguments.Data is not { } line)
        {
            ended.TrySetResult();
            return;
        }

        lock (gate)
        {
            text.Append(line).Append('\n');
            foreach (var (_, found) in awaited.Where(one => one.Matches(line)))
                found.TrySetResult(line);
        }
    }
}
