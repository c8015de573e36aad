namespace DurableCircuitBreaker.Coordination;

/// <summary>What a call says about the resource.</summary>
internal enum CallResult
{
    Success,
    Failure,

    /// <summary>Nothing: its caller cancelled it, or nobody could judge it.</summary>
    Unknown,
}
