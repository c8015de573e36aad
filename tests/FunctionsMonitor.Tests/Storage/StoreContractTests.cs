using System.Reflection;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Operations;
using FunctionsMonitor.Storage.Sqlite;
using FunctionsMonitor.TestSupport;
using FunctionsMonitor.TestSupport.Idempotency;
using FunctionsMonitor.TestSupport.Segments;
using FunctionsMonitor.TestSupport.State;

namespace FunctionsMonitor.Tests.Storage;

/// <summary>Stores that need no server are held to their contracts here; those of the namespaces below in the integration tests.</summary>
public sealed class StoreContractTests
{
    private static readonly string[] OfServers = ["FunctionsMonitor.Storage.Azure.", "FunctionsMonitor.Storage.Postgres."];
    private static readonly Assembly Stores = typeof(SqliteStateStore).Assembly;

    public static TheoryData<Type, Type> Contracts => new()
    {
        { typeof(ISegmentStore), typeof(SegmentStoreContract) },
        { typeof(IOperationLog), typeof(OperationLogContract) },
        { typeof(IFlushSchedule), typeof(FlushScheduleContract) },
        { typeof(IIdempotencyStore), typeof(IdempotencyStoreContract) },
    };

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Every_store_without_a_server_is_held_to_its_contract(Type promise, Type contract) => Assert.DoesNotContain(
        ContractCoverage.Untested(promise, contract, Stores, typeof(StoreContractTests).Assembly),
        name => !OfServers.Any(server => name.StartsWith(server, StringComparison.Ordinal)));

    [Fact]
    public void A_store_without_a_contract_test_would_be_found() => Assert.Equal(
        ["FunctionsMonitor.Storage.Azure.BlobSegmentStore", "FunctionsMonitor.Storage.Files.FolderSegmentStore"],
        ContractCoverage.Untested(typeof(ISegmentStore), typeof(SegmentStoreContract), Stores, typeof(ContractCoverage).Assembly));
}
