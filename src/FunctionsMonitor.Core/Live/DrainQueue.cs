namespace FunctionsMonitor.Live;

/// <summary>
/// Hands items to one worker, in order, and takes no more than it has room for: to add never waits. The worker runs only while there is
/// something to do.
/// </summary>
/// <param name="maxItems">Items that wait or are being worked on.</param>
/// <param name="maxBytes">Their bytes, unless there is only one.</param>
/// <param name="work">Everything that waited. Whatever it throws ends here: it must have counted it.</param>
internal sealed class DrainQueue<T>(int maxItems, long maxBytes, Func<IReadOnlyList<T>, Task> work)
{
    private readonly Lock gate = new();
    private List<T> waiting = [];
    private long waitingBytes;
    private int heldItems;
    private long heldBytes;
    private Task worker = Task.CompletedTask;
    private bool working;

    /// <summary>Ends when nothing is left to do for now.</summary>
    public Task Idle
    {
        get
        {
            lock (gate)
                return worker;
        }
    }

    /// <summary>False when there is no room; the item stays the caller's.</summary>
    public bool TryAdd(T item, long bytes)
    {
        lock (gate)
        {
            if (heldItems > 0 && (heldItems >= maxItems || heldBytes + bytes > maxBytes))
                return false;

            waiting.Add(item);
            waitingBytes += bytes;
            heldItems++;
            heldBytes += bytes;
            if (!working)
            {
                working = true;
                worker = Task.Run(WorkAsync);
            }

            return true;
        }
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            List<T> taken;
            long bytes;
            lock (gate)
            {
                if (waiting.Count == 0)
                {
                    working = false;
                    return;
                }

                (taken, waiting) = (waiting, []);
                (bytes, waitingBytes) = (waitingBytes, 0);
            }

            try
            {
                await work(taken).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // The worker counts and logs its failures itself; were one to end it, nothing would ever be delivered again.
            }

            lock (gate)
            {
                heldItems -= taken.Count;
                heldBytes -= bytes;
            }
        }
    }
}
