using FunctionsMonitor.Storage.Sqlite;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

public sealed class SqliteOptionsTests
{
    private static string? Fault(TimeSpan busyTimeout) => new SqliteOptionsValidator().Validate(null, new() { BusyTimeout = busyTimeout }).FailureMessage;

    [Fact]
    public void The_busy_timeout_is_from_zero_to_a_minute()
    {
        Assert.Null(Fault(new SqliteOptions().BusyTimeout));
        Assert.Null(Fault(TimeSpan.Zero));
        Assert.Null(Fault(TimeSpan.FromMinutes(1)));
        Assert.Equal("Sqlite:BusyTimeout is -00:00:00.0000001; it must be from 00:00:00 to 00:01:00.", Fault(TimeSpan.FromTicks(-1)));
        Assert.Equal(
            "Sqlite:BusyTimeout is 00:01:00.0000001; it must be from 00:00:00 to 00:01:00.", Fault(TimeSpan.FromMinutes(1) + TimeSpan.FromTicks(1)));
    }
}
