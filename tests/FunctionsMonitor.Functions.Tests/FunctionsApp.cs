using System.Reflection;
using FunctionsMonitor.Functions.Triggers;
using FunctionsMonitor.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Functions.Tests;

/// <summary>
/// The app as it is: its whole composition, its own web server, its functions as the triggers describe them. Left out is what talks to the Functions host, which
/// is not here; in its place the requests come straight to the functions, by the methods and routes of their triggers. Keys are not checked: that is the host's.
/// </summary>
internal sealed class FunctionsApp : IAsyncDisposable
{
    private readonly IHost app;
    private readonly TemporaryFolder folder;

    private FunctionsApp(IHost app, TemporaryFolder folder)
    {
        this.app = app;
        this.folder = folder;
    }

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());

    public static async Task<FunctionsApp> StartAsync()
    {
        var folder = new TemporaryFolder();
        var builder = FunctionsApplication.CreateBuilder([]);
        // Nobody's own settings, whatever machine this runs on.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection([new("FunctionsMonitor:DataPath", folder.Path)]);
        builder.AddFunctionsMonitor(flagsClient: null);
        builder.Logging.ClearProviders();
        builder.Services.Remove(builder.Services.Single(service => service.ImplementationType?.Name == "WorkerHostedService"));
        builder.Services.AddSingleton<IStartupFilter, StraightToTheFunctions>();

        var app = builder.Build();
        await app.StartAsync();
        return new FunctionsApp(app, folder);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        app.Dispose();
        folder.Dispose();
    }

    private sealed class StraightToTheFunctions : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app => app.UseRouting().UseEndpoints(Map);

        private static void Map(IEndpointRouteBuilder endpoints)
        {
            foreach (var function in typeof(FlushTimer).Assembly.GetTypes().SelectMany(type => type.GetMethods()))
            {
                if (function.GetParameters().FirstOrDefault()?.GetCustomAttribute<HttpTriggerAttribute>() is { } trigger)
                    endpoints.MapMethods(trigger.Route!, trigger.Methods!.Select(method => method.ToUpperInvariant()), context => InvokeAsync(function, context));
            }
        }

        /// <summary>An instance for each invocation, as the worker makes it.</summary>
        private static Task InvokeAsync(MethodInfo function, HttpContext context)
        {
            var instance = function.IsStatic ? null : ActivatorUtilities.CreateInstance(context.RequestServices, function.DeclaringType!);
            return (Task)function.Invoke(instance, [context.Request, CancellationToken.None])!;
        }
    }
}
