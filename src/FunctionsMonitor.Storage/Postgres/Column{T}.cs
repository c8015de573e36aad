using Npgsql;
using NpgsqlTypes;

namespace FunctionsMonitor.Storage.Postgres;

/// <param name="name">As in <c>0003_ingest.sql</c>.</param>
/// <param name="type">Of an element.</param>
internal sealed class Column<T>(string name, NpgsqlDbType type) : Column(name)
{
    private readonly List<T> values = [];
    private bool isNeeded;

    public int Count => values.Count;

    /// <param name="value">The next one.</param>
    /// <param name="isNeeded">
    /// When it is not, for any of the values, NULL is sent instead of the array: nobody will ask for it. An array of 20,000 costs the server a
    /// millisecond.
    /// </param>
    public void Add(T value, bool isNeeded = true)
    {
        values.Add(value);
        this.isNeeded |= isNeeded;
    }

    public override NpgsqlParameter ToParameter() => isNeeded
        ? new NpgsqlParameter<List<T>> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type }
        : new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | type };

    public override void Clear()
    {
        values.Clear();
        isNeeded = false;
    }
}
