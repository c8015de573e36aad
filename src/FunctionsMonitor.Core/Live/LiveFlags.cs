using FunctionsMonitor.Flags;

namespace FunctionsMonitor.Live;

/// <summary>Which adapters the flags let run.</summary>
internal static class LiveFlags
{
    public static bool RunsWebSocket(this FlagSnapshot flags) =>
        flags.UseAdapter && flags.AdapterType is FlagSchema.AdapterWebSocket or FlagSchema.AdapterDual;

    public static bool RunsRealtime(this FlagSnapshot flags) =>
        flags.UseAdapter && flags.AdapterType is FlagSchema.AdapterRealtime or FlagSchema.AdapterDual;
}
