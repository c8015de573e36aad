using System.Globalization;
using System.Reflection;
using System.Text.Json;
using FunctionsMonitor.Functions.Triggers;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Live;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsMonitor.Functions.Tests;

public sealed class TriggerTests
{
    private static readonly (MethodInfo Method, string Name)[] Functions =
    [
        .. typeof(FlushTimer).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Select(method => (method, method.GetCustomAttribute<FunctionAttribute>()?.Name!)).Where(pair => pair.Item2 is not null),
    ];

    public static TheoryData<string> Endpoints => [.. EndpointCatalog.All.Select(endpoint => endpoint.Name)];

    [Theory]
    [MemberData(nameof(Endpoints))]
    public void Every_endpoint_is_a_function_with_the_same_method_route_and_access(string name)
    {
        var endpoint = EndpointCatalog.All.Single(row => row.Name == name);
        var (method, _) = Assert.Single(Functions, pair => pair.Name == name);
        var trigger = method.GetParameters()[0].GetCustomAttribute<HttpTriggerAttribute>();
        Assert.NotNull(trigger);
        Assert.Equal(endpoint.Route == Routes.Root ? Routes.RootOfFunctions : endpoint.Route, trigger.Route);
        Assert.Equal(endpoint.AlsoHead ? ["get", "head"] : [endpoint.Method.ToLowerInvariant()], trigger.Methods!);
        Assert.Equal(endpoint.Access == EndpointAccess.Anonymous ? AuthorizationLevel.Anonymous : AuthorizationLevel.Function, trigger.AuthLevel);
        Assert.Equal(typeof(CancellationToken), method.GetParameters()[1].ParameterType);
    }

    [Fact]
    public void There_is_nothing_else_but_the_timer_on_its_setting()
    {
        Assert.Equal(["FlushTimer"], Functions.Select(pair => pair.Name).Except(EndpointCatalog.All.Select(endpoint => endpoint.Name)));
        var timer = typeof(FlushTimer).GetMethod(nameof(FlushTimer.RunAsync))!.GetParameters()[0].GetCustomAttribute<TimerTriggerAttribute>();
        Assert.Equal("%MetricsFlushSchedule%", timer!.Schedule);
    }

    [Fact]
    public void The_settings_at_the_root_fit_the_app()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")));
        Assert.Equal("", host.RootElement.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString());
        Assert.False(host.RootElement.TryGetProperty("retry", out _));
        // A stream that the host cuts is a failed execution.
        Assert.True(TimeSpan.Parse(host.RootElement.GetProperty("functionTimeout").GetString()!, CultureInfo.InvariantCulture) > new LiveOptions().MaxDuration);

        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(FindRoot(), "local.settings.sample.json")));
        var values = sample.RootElement.GetProperty("Values").EnumerateObject().ToDictionary(value => value.Name, value => value.Value.GetString());
        Assert.Equal("dotnet-isolated", values["FUNCTIONS_WORKER_RUNTIME"]);
        Assert.NotEmpty(values["MetricsFlushSchedule"]!);
        Assert.Equal("true", values["AzureWebJobsDisableHomepage"]);
        // An app setting is an environment variable, and those win over every other source of flags.
        Assert.DoesNotContain(values.Keys, name => name.StartsWith("MONITORING_", StringComparison.Ordinal));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FunctionsMonitor.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("The repository's root is above the tests.");
    }
}
