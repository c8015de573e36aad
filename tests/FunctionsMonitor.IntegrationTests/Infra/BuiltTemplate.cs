using System.Text.Json;

namespace FunctionsMonitor.IntegrationTests.Infra;

/// <summary><c>main.bicep</c> as Azure would get it, with the resources of all its modules.</summary>
public sealed class BuiltTemplate : IAsyncLifetime
{
    private List<(string Module, JsonElement Resource)> resources = [];

    public async ValueTask InitializeAsync()
    {
        var (exitCode, output, errors) = await Bicep.RunAsync("build", "main.bicep", "--stdout");
        if (exitCode != 0)
            throw new InvalidOperationException(errors);
        using var document = JsonDocument.Parse(output);
        resources = [.. Resources("main", document.RootElement.Clone())];
    }

    /// <summary>All of one type, loops once.</summary>
    public IReadOnlyList<JsonElement> All(string type) => [.. resources.Where(one => Is(one.Resource, type)).Select(one => one.Resource)];

    /// <summary>The properties of the only one of a type.</summary>
    public JsonElement Properties(string type) => Assert.Single(All(type)).GetProperty("properties");

    /// <summary>The modules that have one of a type.</summary>
    public IReadOnlyList<string> ModulesWith(string type) => [.. resources.Where(one => Is(one.Resource, type)).Select(one => one.Module).Distinct()];

    /// <summary>A variable of a module.</summary>
    public static JsonElement Variable(JsonElement template, string name) => template.GetProperty("variables").GetProperty(name);

    /// <summary>The template of one module of <c>main.bicep</c>.</summary>
    public JsonElement Module(string name) => resources.Single(one => one.Module == "main" && one.Resource.TryGetProperty("name", out _)
        && Is(one.Resource, "Microsoft.Resources/deployments") && Symbol(one.Resource) == name).Resource.GetProperty("properties").GetProperty("template");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Symbol(JsonElement resource) => resource.GetProperty("symbol").GetString()!;

    private static bool Is(JsonElement resource, string type) => resource.GetProperty("type").GetString() == type;

    /// <summary>Templates with symbolic names hold an object, the others an array.</summary>
    private static IEnumerable<(string Module, JsonElement Resource)> Resources(string module, JsonElement template)
    {
        var held = template.GetProperty("resources");
        var pairs = held.ValueKind == JsonValueKind.Object
            ? held.EnumerateObject().Select(one => (Symbol: one.Name, Resource: one.Value))
            : held.EnumerateArray().Select(one => (Symbol: "", Resource: one));
        foreach (var (symbol, resource) in pairs)
        {
            yield return (module, Named(resource, symbol));
            if (!Is(resource, "Microsoft.Resources/deployments"))
                continue;
            foreach (var inner in Resources(symbol, resource.GetProperty("properties").GetProperty("template")))
                yield return inner;
        }
    }

    private static JsonElement Named(JsonElement resource, string symbol)
    {
        var node = System.Text.Json.Nodes.JsonObject.Create(resource)!;
        node["symbol"] = symbol;
        return JsonSerializer.SerializeToElement(node);
    }
}
