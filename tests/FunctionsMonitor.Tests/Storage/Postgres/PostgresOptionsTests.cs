using FunctionsMonitor.Storage.Postgres;
using Npgsql;

namespace FunctionsMonitor.Tests.Storage.Postgres;

public sealed class PostgresOptionsTests
{
    private const string Tls =
        "Postgres:ConnectionString goes to another machine and must ask for TLS: add 'SSL Mode=VerifyFull' (or 'Require', which trusts whoever answers).";

    [Fact]
    public void A_connection_string_or_a_host_is_needed_and_not_both()
    {
        Assert.Null(Fault(new() { ConnectionString = "Host=localhost" }));
        Assert.Null(Fault(Identity()));
        Assert.Equal("Postgres:ConnectionString or Host must be set, and not both.", Fault(new()));
        var both = Identity();
        both.ConnectionString = "Host=localhost";
        Assert.Equal("Postgres:ConnectionString or Host must be set, and not both.", Fault(both));
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("Host=localhost;Wrong=1")]
    [InlineData("Host=localhost;Port=secret")]
    [InlineData("Username=me;Password=secret")]
    public void A_wrong_connection_string_is_refused_without_being_repeated(string connection) =>
        Assert.StartsWith("Postgres:ConnectionString is not a connection string with a host.", Fault(new() { ConnectionString = connection }), StringComparison.Ordinal);

    [Theory]
    [InlineData("db.example.org")]
    [InlineData("10.0.0.5")]
    [InlineData("localhost.example.org")]
    [InlineData("localhost,db.example.org")]
    [InlineData("[fe80::1]:5432")]
    public void Nothing_goes_to_another_machine_without_TLS(string host)
    {
        foreach (var mode in new[] { "", ";SSL Mode=Disable", ";SSL Mode=Allow", ";SSL Mode=Prefer" })
            Assert.Equal(Tls, Fault(new() { ConnectionString = $"Host={host}{mode}" }));
        foreach (var mode in new[] { "Require", "VerifyCA", "VerifyFull" })
            Assert.Null(Fault(new() { ConnectionString = $"Host={host};SSL Mode={mode}" }));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:5433")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:5433")]
    [InlineData("::1")]
    [InlineData("[::1]:5433")]
    [InlineData("localhost, 127.0.0.1")]
    [InlineData("/var/run/postgresql")]
    [InlineData("@socket")]
    public void What_stays_on_this_machine_needs_no_TLS(string host) => Assert.Null(Fault(new() { ConnectionString = $"Host={host}" }));

    [Fact]
    public void A_host_needs_a_database_and_a_role_and_they_need_a_host()
    {
        Assert.Equal(
            "Postgres:Database and Host need each other.; Postgres:Username and Host need each other.", Fault(new() { Host = "server" }));
        Assert.Equal("Postgres:Database and Host need each other.", Fault(new() { ConnectionString = "Host=localhost", Database = "d" }));
        Assert.Equal("Postgres:ClientId needs Host.", Fault(new() { ConnectionString = "Host=localhost", ClientId = "b6f2…" }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b")]
    [InlineData("server/database")]
    [InlineData("user@server")]
    [InlineData("server:port")]
    [InlineData("server?x")]
    public void A_host_is_one_name_and_perhaps_a_port(string host) =>
        Assert.Equal("Postgres:Host must be one host name, with ':port' unless that is 5432.", Fault(Identity(host)));

    [Theory]
    [InlineData("server", 5432)]
    [InlineData("server:6432", 6432)]
    public void An_identity_signs_in_over_TLS_to_the_host_that_the_certificate_names(string host, int port)
    {
        using var source = PostgresConnections.Create(Identity(host));
        var connection = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        Assert.Equal(
            ("server", port, "d", "u", SslMode.VerifyFull), (connection.Host, connection.Port, connection.Database, connection.Username, connection.SslMode));
    }

    [Fact]
    public void Every_connection_has_its_timeouts_and_what_the_setting_says_beyond_them()
    {
        using var source = PostgresConnections.Create(new()
        {
            ConnectionString = "Host=localhost;Options=-c geqo=off;Application Name=mine",
            StatementTimeout = TimeSpan.FromSeconds(90),
            LockTimeout = TimeSpan.FromMilliseconds(1500),
            ConnectTimeout = TimeSpan.FromMilliseconds(2500),
            MaxPoolSize = 7,
        });
        var connection = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        Assert.Equal(
            "-c statement_timeout=90000 -c lock_timeout=1500 -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3 -c tcp_user_timeout=30000 -c random_page_cost=1.1 -c jit=off -c search_path=pg_catalog,pg_temp -c geqo=off",
            connection.Options);
        Assert.Equal(("mine", 3, 120, 7), (connection.ApplicationName, connection.Timeout, connection.CommandTimeout, connection.MaxPoolSize));
    }

    [Fact]
    public void A_migration_may_take_as_long_as_it_takes()
    {
        using var source = PostgresConnections.CreateForMigrations(new() { ConnectionString = "Host=localhost" });
        var connection = new NpgsqlConnectionStringBuilder(source.ConnectionString);
        Assert.StartsWith("-c statement_timeout=0 -c lock_timeout=0 ", connection.Options, StringComparison.Ordinal);
        Assert.Equal((0, false), (connection.CommandTimeout, connection.Pooling));
    }

    private static PostgresOptions Identity(string host = "server") => new() { Host = host, Database = "d", Username = "u" };

    private static string? Fault(PostgresOptions options) => new PostgresOptionsValidator().Validate(null, options).FailureMessage;
}
