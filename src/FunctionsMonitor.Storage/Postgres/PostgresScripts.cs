using System.Globalization;
using System.Reflection;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>The SQL that travels inside this assembly.</summary>
internal static class PostgresScripts
{
    private static readonly Assembly Home = typeof(PostgresScripts).Assembly;

    /// <summary>Names of the migrations, such as <c>0001_tables.sql</c>, in their order.</summary>
    public static IReadOnlyList<string> Migrations { get; } =
        [.. Home.GetManifestResourceNames().Where(name => VersionOf(name) is not null).Order(StringComparer.Ordinal)];

    /// <summary>The number of the last migration.</summary>
    public static int Version { get; } = Migrations.Max(name => VersionOf(name) ?? 0);

    /// <summary>The number that a migration's name begins with; null when it is no migration's.</summary>
    public static int? VersionOf(string name) =>
        name.Length > 5 && name[4] == '_' && int.TryParse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;

    public static string Read(string name)
    {
        using var stream = Home.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"There is no script {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
