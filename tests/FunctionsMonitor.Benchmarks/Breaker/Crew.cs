namespace FunctionsMonitor.Benchmarks.Breaker;

/// <summary>Threads of their own that do the same work at the same time, and are there before the clock starts.</summary>
internal sealed class Crew : IDisposable
{
    private readonly Barrier barrier;
    private readonly Thread[] threads;
    private Action work = () => { };
    private bool stopping;

    public Crew(int size)
    {
        barrier = new Barrier(size + 1);
        threads = [.. Enumerable.Range(0, size).Select(_ => new Thread(Work) { IsBackground = true })];
        foreach (var thread in threads)
            thread.Start();
    }

    /// <summary>Returns when every thread has done it.</summary>
    public void Do(Action action)
    {
        work = action;
        barrier.SignalAndWait();
        barrier.SignalAndWait();
    }

    public void Dispose()
    {
        stopping = true;
        barrier.SignalAndWait();
        foreach (var thread in threads)
            thread.Join();
        barrier.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            barrier.SignalAndWait();
            if (stopping)
                return;

            work();
            barrier.SignalAndWait();
        }
    }
}
