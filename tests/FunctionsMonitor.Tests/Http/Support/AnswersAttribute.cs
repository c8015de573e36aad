using System.Reflection;
using FunctionsMonitor.Http.Endpoints;
using Xunit.v3;

namespace FunctionsMonitor.Tests.Http.Support;

/// <summary>
/// The test gets this status from these endpoints of the catalog, by their names; from every endpoint that lists it when none is named. No mere
/// claim: a test that did not get it fails. <see cref="Endpoints.EndpointCatalogTests"/> asks that every answer of the catalog has such a test.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class AnswersAttribute(int status, params string[] endpoints) : BeforeAfterTestAttribute
{
    /// <summary>The rows it is about, as (name, status).</summary>
    public IEnumerable<(string Endpoint, int Status)> Rows =>
        from row in EndpointCatalog.All
        where endpoints.Length == 0 ? row.Responses.Any(response => response.Status == status) : endpoints.Contains(row.Name)
        select (row.Name, status);

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        Assert.All(endpoints, name => Assert.Contains(EndpointCatalog.All, row => row.Name == name));
        var log = AnswerLog.Of(test.UniqueID);
        Assert.All(Rows, row => Assert.True(log.Has(row.Endpoint, row.Status), $"{row.Endpoint} never answered {row.Status} in this test."));
    }
}
