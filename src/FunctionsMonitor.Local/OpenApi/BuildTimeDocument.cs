using System.Reflection;
using FunctionsMonitor.Http;

namespace FunctionsMonitor.Local.OpenApi;

/// <summary>
/// The run of this program that the build makes <c>openapi.json</c> with. The tool starts the whole program, hosted services too; so this
/// is a program of its own that maps the same endpoints and opens no store, no port and no file.
/// </summary>
internal static class BuildTimeDocument
{
    private const string Tool = "GetDocument.Insider";

    public static bool IsBeingMade => Assembly.GetEntryAssembly()?.GetName().Name == Tool;

    public static Task RunAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Services.AddFunctionsMonitorHttp();
        builder.Services.AddFunctionsMonitorOpenApi();
        var app = builder.Build();
        app.MapFunctionsMonitor();
        return app.RunAsync();
    }
}
