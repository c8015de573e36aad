using Npgsql;
using NpgsqlTypes;

namespace FunctionsMonitor.Storage.Postgres;

/// <param name="name">As in <c>0003_ingest.sql</c>.</param>
/// <param name="type">Of an element.</param>
internal sealed class Column<T>(string name, NpgsqlDbType type) : Column(name)
{
    private readonly List<T> values = [];

    public int Count => values.Count;

    /// <summary>Send NULL instead of the array: nobody will ask for it. An array of 20,000 costs the server a millisecond.</summary>
    public bool IsOmitted { get; set; }

    public void Add(T value) => values.Add(value);

    public override NpgsqlParameter ToParameter() => IsOmitted
        ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | type }
        : new NpgsqlParameter<List<T>> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };

    public override void Clear() => values.Clear();
}
