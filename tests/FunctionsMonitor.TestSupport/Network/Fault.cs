namespace FunctionsMonitor.TestSupport.Network;

/// <summary>What is to happen to one request.</summary>
public abstract class Fault
{
    internal const int MaxPartBytes = 512;
    private int taken;

    private protected Fault(byte[] part)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(part.Length, MaxPartBytes);
        Part = part;
    }

    internal byte[] Part { get; }

    /// <summary>It happens to one request only.</summary>
    internal bool TryTake() => Interlocked.Exchange(ref taken, 1) == 0;
}
