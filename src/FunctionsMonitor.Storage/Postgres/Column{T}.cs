using Npgsql;
using NpgsqlTypes;

namespace FunctionsMonitor.Storage.Postgres;

/// <param name="name">As in <c>0003_ingest.sql</c>.</param>
/// <param name="type">Of an element.</param>
/// <param name="once">When all values are the same, one element is sent in place of all.</param>
internal sealed class Column<T>(string name, NpgsqlDbType type, bool once = false) : Column(name)
{
    private readonly List<T> values = [];
    private bool isNeeded, differ;

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
        if (once)
            differ |= !EqualityComparer<T>.Default.Equals(value, values[0]);
    }

    /// <summary>Sends the values though none of them asked for it.</summary>
    public void Need() => isNeeded = true;

    public override NpgsqlParameter ToParameter() => isNeeded
        ? new NpgsqlParameter<List<T>> { TypedValue = once && !differ ? values[..1] : values, NpgsqlDbType = NpgsqlDbType.Array | type }
        : new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | type };

    public override void Clear()
    {
        values.Clear();
        isNeeded = differ = false;
    }
}
