using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>One array argument of <c>monitoring.ingest_segments</c>.</summary>
internal abstract class Column(string name)
{
    public string Name { get; } = name;

    public abstract NpgsqlParameter ToParameter();

    /// <summary>Forgets the values and keeps the room for as many.</summary>
    public abstract void Clear();
}
