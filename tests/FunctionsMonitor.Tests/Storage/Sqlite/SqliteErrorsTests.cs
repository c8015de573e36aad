using FunctionsMonitor.Resilience;
using FunctionsMonitor.Storage;
using FunctionsMonitor.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

public sealed class SqliteErrorsTests
{
    [Theory]
    [InlineData("ERROR", 1, ErrorKind.Path)]
    [InlineData("INTERNAL", 2, ErrorKind.Transient)]
    [InlineData("PERM", 3, ErrorKind.Path)]
    [InlineData("ABORT", 4, ErrorKind.Transient)]
    [InlineData("BUSY", 5, ErrorKind.Transient)]
    [InlineData("LOCKED", 6, ErrorKind.Transient)]
    [InlineData("NOMEM", 7, ErrorKind.Transient)]
    [InlineData("READONLY", 8, ErrorKind.Transient)]
    [InlineData("INTERRUPT", 9, ErrorKind.Transient)]
    [InlineData("IOERR", 10, ErrorKind.Transient)]
    [InlineData("CORRUPT", 11, ErrorKind.Transient)]
    [InlineData("NOTFOUND", 12, ErrorKind.Transient)]
    [InlineData("FULL", 13, ErrorKind.Transient)]
    [InlineData("CANTOPEN", 14, ErrorKind.Transient)]
    [InlineData("PROTOCOL", 15, ErrorKind.Transient)]
    [InlineData("SCHEMA", 17, ErrorKind.Path)]
    [InlineData("TOOBIG", 18, ErrorKind.Data)]
    [InlineData("CONSTRAINT", 19, ErrorKind.Data)]
    [InlineData("MISMATCH", 20, ErrorKind.Data)]
    [InlineData("MISUSE", 21, ErrorKind.Transient)]
    [InlineData("AUTH", 23, ErrorKind.Path)]
    [InlineData("RANGE", 25, ErrorKind.Data)]
    [InlineData("NOTADB", 26, ErrorKind.Transient)]
    [InlineData("a code of a later SQLite", 99, ErrorKind.Transient)]
    public void Every_code_has_one_kind(string name, int code, ErrorKind kind) =>
        Assert.Equal((name, kind), (name, SqliteErrors.Classify(new SqliteException(name, code))));

    [Fact]
    public void Other_exceptions_are_transient_unless_they_are_our_own()
    {
        Assert.Equal(ErrorKind.Transient, SqliteErrors.Classify(new TimeoutException()));
        Assert.Equal(ErrorKind.Transient, SqliteErrors.Classify(new IOException()));
        Assert.Equal(ErrorKind.Transient, SqliteErrors.Classify(new ObjectDisposedException("connection")));
        Assert.Equal(ErrorKind.Path, SqliteErrors.Classify(new MetricsPathException("closed")));
        Assert.Equal(ErrorKind.Path, SqliteErrors.Classify(new SchemaVersionException("metrics.db", 2, 1)));
    }
}
