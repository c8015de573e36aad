using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Tests.Http.Support;
using FunctionsMonitor.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.Http.Endpoints;

public sealed class OpenApiEndpointsTests
{
    [Fact]
    [Answers(200, "GetOpenApi")]
    [Answers(304, "GetOpenApi")]
    public async Task The_document_is_the_file_that_the_build_made_the_same_at_every_call()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        var file = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, OpenApiEndpoints.FileName), TestContext.Current.CancellationToken);

        EntityTagHeaderValue? tag = null;
        for (var call = 0; call < 3; call++)
        {
            using var response = await monitor.GetAsync("/openapi.json");
            Assert.Equal((HttpStatusCode.OK, "application/json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            Assert.Equal(file, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            Assert.NotNull(response.Headers.ETag);
            Assert.Equal(tag ?? response.Headers.ETag, response.Headers.ETag);
            tag = response.Headers.ETag;
        }

        using var again = new HttpRequestMessage(HttpMethod.Get, "/openapi.json");
        again.Headers.IfNoneMatch.Add(tag!);
        using var unchanged = await monitor.Client.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        Assert.Empty(await unchanged.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    [Answers(404, "GetOpenApi")]
    public async Task A_build_that_left_it_out_is_a_404_that_says_so()
    {
        using var empty = new TemporaryFolder();
        await using var monitor = await HttpMonitor.StartAsync(services => services.AddSingleton(new OpenApiEndpoints(empty.Path)));
        using var response = await monitor.GetAsync("/openapi.json");
        Assert.Contains("build", (await response.ReadProblemAsync(ProblemTypes.NotFound)).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_OpenAPI_3_1_and_describes_every_endpoint_and_every_answer_of_the_catalog()
    {
        var document = Document();
        Assert.StartsWith("3.1.", document.Text("openapi"), StringComparison.Ordinal);
        var described =
            from path in document.GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            from response in operation.Value.GetProperty("responses").EnumerateObject()
            select (Method: operation.Name.ToUpperInvariant(), Route: path.Name, Name: operation.Value.Text("operationId"), Status: response.Name,
                ContentType: response.Value.TryGetProperty("content", out var content) ? content.EnumerateObject().First().Name : null,
                Said: response.Value.Text("description"));
        var listed =
            from row in EndpointCatalog.All
            from response in row.Responses
            select (row.Method, Route: "/" + row.Route, (string?)row.Name, Status: $"{response.Status}",
                ContentType: response is { Body: null, ContentType: "application/json" } ? null : response.ContentType, Said: (string?)response.Description);

        Assert.Equal(listed.Order(), described.Order());
    }

    [Fact]
    public void Its_tags_are_those_of_its_operations() => Assert.Equal(
        EndpointCatalog.All.Select(row => row.Route.Length == 0 ? Routes.Dashboard : row.Route.Split('/')[0]).Distinct().Order(StringComparer.Ordinal),
        Document().Items("tags").Select(tag => tag.Text("name")).Order(StringComparer.Ordinal));

    [Fact]
    public void It_describes_every_parameter_and_every_body_of_the_catalog()
    {
        var paths = Document().GetProperty("paths");
        Assert.All(EndpointCatalog.All, row =>
        {
            var operation = paths.GetProperty("/" + row.Route).GetProperty(row.Method.ToLowerInvariant());
            var parameters = operation.TryGetProperty("parameters", out var some) ? some.EnumerateArray().ToList() : [];
            Assert.Equal(
                row.Parameters.Select(parameter => parameter.Name),
                parameters.Where(parameter => parameter.Text("in") == "query").Select(parameter => parameter.Text("name")));
            Assert.Equal(
                row.Headers.Select(header => header.Name),
                parameters.Where(parameter => parameter.Text("in") == "header").Select(parameter => parameter.Text("name")));
            Assert.Equal(
                row.Route.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}')),
                parameters.Where(parameter => parameter.Text("in") == "path").Select(parameter => parameter.Text("name")));
            Assert.Equal(
                row.RequestContentTypes.Order(),
                operation.TryGetProperty("requestBody", out var body) ? body.GetProperty("content").Members().Order() : []);
            Assert.Equal(row.Access.ToString().ToLowerInvariant(), operation.Text("x-access"));
            Assert.Equal(row.Access == EndpointAccess.Anonymous, !operation.TryGetProperty("security", out _));
        });
    }

    [Fact]
    public void Every_reference_in_it_leads_somewhere_and_every_member_it_names_is_snake_case()
    {
        var document = Document();
        var references = Find(document, "$ref").Select(value => value.GetString()!).Distinct().ToList();
        Assert.NotEmpty(references);
        Assert.All(references, reference =>
        {
            var at = document;
            foreach (var part in reference[2..].Split('/'))
                at = at.GetProperty(part);
        });
        var properties = Find(document.GetProperty("components").GetProperty("schemas"), "properties").SelectMany(value => value.Members()).ToList();
        Assert.NotEmpty(properties);
        Assert.All(properties, name => Assert.Equal(JsonNamingPolicy.SnakeCaseLower.ConvertName(name), name));
    }

    private static JsonElement Document() =>
        JsonElement.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, OpenApiEndpoints.FileName)));

    private static IEnumerable<JsonElement> Find(JsonElement json, string name) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().SelectMany(member => member.Name == name ? [member.Value] : Find(member.Value, name)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(item => Find(item, name)),
        _ => [],
    };
}
