using FunctionsMonitor.Operations;
using FunctionsMonitor.TestSupport.State;

namespace FunctionsMonitor.Tests.Storage.Sqlite;

public sealed class SqliteStateStoreOperationLogTests : OperationLogContract, IDisposable
{
    private readonly TwoStateFiles files = new();

    public void Dispose() => files.Dispose();

    protected override ValueTask<(IOperationLog One, IOperationLog Other)> CreateAsync() =>
        ValueTask.FromResult<(IOperationLog, IOperationLog)>((files.One, files.Other));
}
