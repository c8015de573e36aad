using FunctionsMonitor.Storage.Azure;

namespace FunctionsMonitor.Tests.Storage.Azure;

public sealed class BlobSegmentStoreOptionsTests() : AzureAccountOptionsContract<BlobSegmentStoreOptions>(
    new BlobSegmentStoreOptionsValidator(), "SegmentContainer", "blob", nameof(BlobSegmentStoreOptions.Timeout))
{
    [Fact]
    public void A_container_name_is_what_the_service_takes()
    {
        foreach (var name in new[] { BlobSegmentStoreOptions.DefaultContainerName, "abc", "1-2", new string('x', 63) })
            Assert.Null(Fault(new() { Endpoint = Account, ContainerName = name }));
        foreach (var name in new[] { null!, "", "ab", "Abc", "-bc", "ab-", "a--b", "a_b", "äbc", "$logs", new string('x', 64) })
        {
            Assert.Equal(
                "SegmentContainer:ContainerName must be 3 to 63 lower-case letters, digits and single hyphens between them.",
                Fault(new() { Endpoint = Account, ContainerName = name }));
        }
    }

    protected override BlobSegmentStoreOptions WithTimeout(TimeSpan timeout) => new() { Endpoint = Account, Timeout = timeout };
}
