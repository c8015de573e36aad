using FunctionsMonitor.Storage.Azure;

namespace FunctionsMonitor.Tests.Storage.Azure;

public sealed class AzureTableOptionsTests() : AzureAccountOptionsContract<AzureTableOptions>(
    new AzureTableOptionsValidator(), "StateTable", "table", nameof(AzureTableOptions.NetworkTimeout))
{
    [Fact]
    public void A_table_name_is_3_to_63_letters_and_digits_that_begin_with_a_letter()
    {
        foreach (var name in new[] { AzureTableOptions.DefaultTableName, "abc", "A12", new string('x', 63) })
            Assert.Null(Fault(new() { Endpoint = Account, TableName = name }));
        foreach (var name in new[] { null!, "", "ab", "1ab", "a-b", "a_b", "äbc", "tables", "Tables", new string('x', 64) })
        {
            Assert.Equal(
                "StateTable:TableName must be 3 to 63 letters and digits that begin with a letter, and not 'tables'.",
                Fault(new() { Endpoint = Account, TableName = name }));
        }
    }

    protected override AzureTableOptions WithTimeout(TimeSpan timeout) => new() { Endpoint = Account, NetworkTimeout = timeout };
}
