using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Tests.Support;

/// <summary>What somebody does to a monitor's metrics file with a tool of their own.</summary>
internal static class SqliteByHand
{
    public static int DeleteEvents(string folder)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "metrics.db")}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM events";
        return command.ExecuteNonQuery();
    }
}
