namespace FunctionsMonitor.Live;

/// <summary>What a subscriber can expect now.</summary>
/// <param name="Adapter"><c>websocket</c>, <c>realtime</c>, <c>dual</c>, or <c>none</c> while nothing is broadcast.</param>
/// <param name="Connected">False while events of other instances (or, with <c>realtime</c> alone, any events) cannot come.</param>
public sealed record LiveState(string Adapter, bool Connected)
{
    public const string None = "none";
}
