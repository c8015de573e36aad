using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Tests.Support;

/// <summary>What somebody does to a monitor's metrics file with a tool of their own.</summary>
internal static class SqliteByHand
{
    public static int Execute(string folder, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "metrics.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }
}
