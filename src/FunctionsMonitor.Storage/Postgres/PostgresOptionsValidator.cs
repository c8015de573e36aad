using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

internal sealed class PostgresOptionsValidator : IValidateOptions<PostgresOptions>
{
    public ValidateOptionsResult Validate(string? name, PostgresOptions options)
    {
        var connection = options.ConnectionString is { } text ? Parse(text) : null;
        return new OptionFaults(PostgresOptions.Section)
            .Must(options.ConnectionString is null != options.Host is null, nameof(options.ConnectionString), $"or {nameof(options.Host)} must be set, and not both")
            .Must(options.ConnectionString is null || connection is { Host.Length: > 0 }, nameof(options.ConnectionString), "is not a connection string with a host")
            .Must(
                connection is null || PostgresConnections.IsThisMachine(connection.Host) || connection.SslMode >= SslMode.Require,
                nameof(options.ConnectionString),
                "goes to another machine and must ask for TLS: add 'SSL Mode=VerifyFull' (or 'Require', which trusts whoever answers)")
            .Must(options.Host is null || IsHost(options.Host), nameof(options.Host), "must be one host name, with ':port' unless that is 5432")
            .Must(options.Host is null == options.Database is null, nameof(options.Database), $"and {nameof(options.Host)} need each other")
            .Must(options.Host is null == options.Username is null, nameof(options.Username), $"and {nameof(options.Host)} need each other")
            .Must(options.ClientId is null || options.Host is not null, nameof(options.ClientId), $"needs {nameof(options.Host)}")
            .Between(nameof(options.StatementTimeout), options.StatementTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(2))
            .Between(nameof(options.LockTimeout), options.LockTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10))
            .Between(nameof(options.ConnectTimeout), options.ConnectTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2))
            .Between(nameof(options.MaxPoolSize), options.MaxPoolSize, 2, 500)
            .Between(nameof(options.DaysAhead), options.DaysAhead, 1, 30)
            .ToResult();
    }

    // What the client library says of a wrong one is dropped: it may quote a part of it, and that may be the password.
    private static NpgsqlConnectionStringBuilder? Parse(string text)
    {
        try
        {
            return new(text);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidOperationException or OverflowException)
        {
            return null;
        }
    }

    private static bool IsHost(string host) =>
        host.Length > 0 && !host.Contains(',', StringComparison.Ordinal) && Uri.TryCreate($"postgres://{host}", UriKind.Absolute, out var uri)
        && uri is { Host.Length: > 0, AbsolutePath: "" or "/", UserInfo: "", Query: "", Fragment: "" };
}
