using System.Reflection;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Operations;
using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.TestSupport.Idempotency;
using FunctionsMonitor.TestSupport.Segments;
using FunctionsMonitor.TestSupport.State;

namespace FunctionsMonitor.IntegrationTests;

/// <summary>The others, which need no server, are held to their contracts in the unit tests.</summary>
public sealed class AzureStoreContractTests
{
    private static readonly Assembly Stores = typeof(BlobSegmentStore).Assembly;

    public static TheoryData<Type, Type> Contracts => new()
    {
        { typeof(ISegmentStore), typeof(SegmentStoreContract) },
        { typeof(IOperationLog), typeof(OperationLogContract) },
        { typeof(IFlushSchedule), typeof(FlushScheduleContract) },
        { typeof(IIdempotencyStore), typeof(IdempotencyStoreContract) },
    };

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Every_store_in_Azure_is_held_to_its_contract(Type promise, Type contract) => Assert.DoesNotContain(
        ContractCoverage.Untested(promise, contract, Stores, typeof(AzureStoreContractTests).Assembly),
        name => name.StartsWith("FunctionsMonitor.Storage.Azure.", StringComparison.Ordinal));
}
