using System.Net.Sockets;
using FunctionsMonitor.Resilience;
using FunctionsMonitor.Storage;
using FunctionsMonitor.Storage.Postgres;
using Npgsql;

namespace FunctionsMonitor.Tests.Storage.Postgres;

public sealed class PostgresErrorsTests
{
    [Theory]
    // Nobody to blame: later.
    [InlineData("08006", ErrorKind.Transient)]
    [InlineData("08P01", ErrorKind.Transient)]
    [InlineData("25006", ErrorKind.Transient)]
    [InlineData("25P02", ErrorKind.Transient)]
    [InlineData("28000", ErrorKind.Transient)]
    [InlineData("28P01", ErrorKind.Transient)]
    [InlineData("40001", ErrorKind.Transient)]
    [InlineData("40P01", ErrorKind.Transient)]
    [InlineData("53100", ErrorKind.Transient)]
    [InlineData("53300", ErrorKind.Transient)]
    [InlineData("54001", ErrorKind.Transient)]
    [InlineData("55P03", ErrorKind.Transient)]
    [InlineData("57014", ErrorKind.Transient)]
    [InlineData("57P01", ErrorKind.Transient)]
    [InlineData("57P03", ErrorKind.Transient)]
    [InlineData("58030", ErrorKind.Transient)]
    [InlineData("XX000", ErrorKind.Transient)]
    [InlineData("XX001", ErrorKind.Transient)]
    [InlineData("3D000", ErrorKind.Transient)]
    // On no list, whoever made it.
    [InlineData("ZZ999", ErrorKind.Transient)]
    [InlineData("P0002", ErrorKind.Transient)]
    [InlineData("FM001", ErrorKind.Transient)]
    [InlineData("", ErrorKind.Transient)]
    [InlineData("42", ErrorKind.Transient)]
    // The way in.
    [InlineData("0A000", ErrorKind.Path)]
    [InlineData("3F000", ErrorKind.Path)]
    [InlineData("42501", ErrorKind.Path)]
    [InlineData("42601", ErrorKind.Path)]
    [InlineData("42703", ErrorKind.Path)]
    [InlineData("42804", ErrorKind.Path)]
    [InlineData("42883", ErrorKind.Path)]
    [InlineData("42P01", ErrorKind.Path)]
    [InlineData("42P10", ErrorKind.Path)]
    // A row.
    [InlineData("22001", ErrorKind.Data)]
    [InlineData("22021", ErrorKind.Data)]
    [InlineData("22P02", ErrorKind.Data)]
    [InlineData("22P05", ErrorKind.Data)]
    [InlineData("23001", ErrorKind.Data)]
    [InlineData("23502", ErrorKind.Data)]
    [InlineData("23503", ErrorKind.Data)]
    [InlineData("P0001", ErrorKind.Data)]
    [InlineData("FM003", ErrorKind.Data)]
    public void A_code_says_what_to_do(string state, ErrorKind kind) => Assert.Equal(kind, PostgresErrors.Classify(Error(state)));

    [Theory]
    [InlineData("23514", "monitoring", "no_poison", ErrorKind.Data)]
    [InlineData("23514", "monitoring", null, ErrorKind.Path)]
    [InlineData("23P01", "monitoring", "no_overlap", ErrorKind.Data)]
    [InlineData("23505", "monitoring", "events_20261123_source_key", ErrorKind.Data)]
    [InlineData("23505", "monitoring", "events_20261123_pkey", ErrorKind.Transient)]
    [InlineData("23505", "monitoring", "events_pkey", ErrorKind.Transient)]
    [InlineData("23505", "monitoring", "flushed_segments_pkey", ErrorKind.Transient)]
    [InlineData("23505", "monitoring", "dead_letters_pkey", ErrorKind.Transient)]
    // Not ours, or not quite.
    [InlineData("23505", "public", "events_20261123_pkey", ErrorKind.Data)]
    [InlineData("23505", "monitoring", "events_2026112_pkey", ErrorKind.Data)]
    [InlineData("23505", "monitoring", "my_events_20261123_pkey", ErrorKind.Data)]
    [InlineData("23505", "monitoring", "events_20261123_pkey1", ErrorKind.Data)]
    [InlineData("23503", "monitoring", "events_20261123_pkey", ErrorKind.Data)]
    public void A_constraint_is_a_rows_unless_it_is_one_of_our_own_keys_or_a_missing_partition(string state, string schema, string? constraint, ErrorKind kind) =>
        Assert.Equal(kind, PostgresErrors.Classify(Error(state, schema, constraint)));

    [Fact]
    public void Without_a_code_nobody_answered()
    {
        Exception[] exceptions =
        [
            new NpgsqlException("reset", new IOException()), new NpgsqlException("timeout", new TimeoutException()), new NpgsqlException("?"),
            new SocketException(), new TimeoutException(), new IOException(), new InvalidOperationException(),
        ];
        Assert.All(exceptions, exception => Assert.Equal(ErrorKind.Transient, PostgresErrors.Classify(exception)));
    }

    [Fact]
    public void Of_our_own_the_ones_about_the_schema_close_a_path()
    {
        Assert.Equal(ErrorKind.Path, PostgresErrors.Classify(new MetricsPathException("refuses all")));
        Assert.Equal(ErrorKind.Path, PostgresErrors.Classify(new PostgresSchemaException("too old")));
    }

    [Theory]
    [InlineData("23514", "no_poison", "23514 no_poison")]
    [InlineData("P0001", null, "P0001")]
    [InlineData("FM003", null, "ignored")]
    public void The_reason_is_the_code_and_the_constraint(string state, string? constraint, string reason) =>
        Assert.Equal((reason, "refused"), PostgresRefusals.From(Error(state, "monitoring", constraint)) is var refusal ? (refusal.Reason, refusal.Detail) : default);

    [Theory]
    [InlineData(500, 500)]
    [InlineData(501, 500)]
    [InlineData(499, 499)]
    public void The_detail_is_cut_and_never_through_a_character(int length, int kept)
    {
        Assert.Equal(kept, PostgresRefusals.From(Error("P0001", message: new string('x', length))).Detail.Length);
        Assert.Equal(499, PostgresRefusals.From(Error("P0001", message: new string('x', 499) + "\U0001F600")).Detail.Length);
    }

    private static PostgresException Error(string state, string? schema = null, string? constraint = null, string message = "refused") =>
        new(message, "ERROR", "ERROR", state, schemaName: schema, constraintName: constraint);
}
