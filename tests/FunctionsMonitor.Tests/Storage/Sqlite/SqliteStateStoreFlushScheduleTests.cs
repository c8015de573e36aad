using FunctionsMonitor.Flushing;
using FunctionsMonitor.TestSupport.State;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

public sealed class SqliteStateStoreFlushScheduleTests : FlushScheduleContract, IDisposable
{
    private readonly TwoStateFiles files = new();

    public void Dispose() => files.Dispose();

    protected override ValueTask<(IFlushSchedule One, IFlushSchedule Other)> CreateAsync() =>
        ValueTask.FromResult<(IFlushSchedule, IFlushSchedule)>((files.One, files.Other));
}
