namespace FunctionsMonitor.Idempotency;

public enum IdempotencyFault
{
    /// <summary>The key stands for another body.</summary>
    KeyReused,

    /// <summary>Another request with this key came in at the same moment and is being taken.</summary>
    InProgress,

    /// <summary>Nobody can tell whether the key was used before.</summary>
    StoreUnavailable,
}
