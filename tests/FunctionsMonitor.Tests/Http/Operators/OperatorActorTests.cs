using FunctionsMonitor.Http.Operators;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Tests.Http.Operators;

public sealed class OperatorActorTests
{
    [Theory]
    [InlineData("True", "ann@example.org", "ann@example.org")]
    [InlineData("True", null, "function-key")]
    [InlineData(null, "ann@example.org", "function-key")]
    [InlineData("False", "ann@example.org", "function-key")]
    public void A_name_is_believed_only_where_App_Service_has_checked_it(string? authentication, string? name, string expected)
    {
        var headers = new HeaderDictionary();
        if (name is not null)
            headers["X-MS-CLIENT-PRINCIPAL-NAME"] = name;
        Assert.Equal(expected, OperatorActor.OfFunction(headers, authentication));
    }

    [Fact]
    public void A_name_has_100_characters_at_most() => Assert.Equal(
        new string('n', 100), OperatorActor.OfFunction(new HeaderDictionary { ["X-MS-CLIENT-PRINCIPAL-NAME"] = new string('n', 101) }, "true"));
}
