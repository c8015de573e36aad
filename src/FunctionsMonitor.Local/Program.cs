using FunctionsMonitor;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Telemetry;
using FunctionsMonitor.Local.Access;
using FunctionsMonitor.Local.Configuration;
using FunctionsMonitor.Local.OpenApi;
using FunctionsMonitor.Local.Startup;
using FunctionsMonitor.Storage;

if (BuildTimeDocument.IsBeingMade)
{
    await BuildTimeDocument.RunAsync(args);
    return 0;
}

return await StartGuard.RunAsync(args, command =>
{
    var builder = LocalConfiguration.CreateBuilder();
    var settings = LocalSettings.Read(builder.Configuration, command);

    builder.AddLocalLogging();
    builder.LimitRequests();
    builder.Services.AddFunctionsMonitorCore(builder.Configuration);
    builder.Services.AddEmbeddedStores(builder.Configuration, settings.DataPath);
    builder.Services.AddConfiguredAzureStores(builder.Configuration);
    builder.Services.AddConfiguredMetricsStore(builder.Configuration);
    builder.Services.AddFunctionsMonitorHttp();
    builder.Services.AddFunctionsMonitorTelemetry(builder.Configuration);
    builder.Services.AddFlagSources();
    builder.Services.AddAccessGuard(builder.Configuration);
    builder.Services.AddFlushTimer(builder.Configuration);
    builder.Services.AddLifecycle(settings);
    if (command.Demo)
        builder.Services.AddDemoTraffic();

    var app = builder.Build();
    app.ListenOn(settings.Addresses);
    app.UseMiddleware<AccessGuard>();
    app.MapFunctionsMonitor();
    return app;
});
