using FunctionsMonitor.Storage.Postgres;
using Npgsql;

namespace FunctionsMonitor.IntegrationTests.Postgres;

/// <summary>The three ways in, by name.</summary>
internal static class Ways
{
    public static string[] Names { get; } = ["rpc", "direct", "view"];

    public static PostgresWritePath Open(string name, NpgsqlDataSource source, TimeProvider? time = null) => name switch
    {
        "rpc" => new PostgresRpcPath(source, time ?? TimeProvider.System),
        "direct" => new PostgresDirectPath(source, time ?? TimeProvider.System),
        _ => new PostgresViewPath(source, time ?? TimeProvider.System),
    };
}
