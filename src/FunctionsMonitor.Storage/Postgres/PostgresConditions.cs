using System.Globalization;
using System.Text;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>What follows a WHERE, and the values that the statement names (<c>$1</c> …). Only the conditions that are set are written.</summary>
internal sealed class PostgresConditions
{
    private readonly StringBuilder sql = new("true");
    private readonly List<object> values = [];

    public object[] Values => [.. values];

    /// <param name="condition">All of it but the value.</param>
    /// <param name="value">Null: it is not set.</param>
    public void And(string condition, object? value)
    {
        if (value is not null)
            And($"{condition} {Name(value)}");
    }

    public void And(string condition) => sql.Append(" AND ").Append(condition);

    /// <summary>The name of one more value.</summary>
    public string Name(object value)
    {
        values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"${values.Count}");
    }

    public override string ToString() => sql.ToString();
}
