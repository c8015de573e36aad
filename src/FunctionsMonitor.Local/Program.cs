using FunctionsMonitor.Http;
using FunctionsMonitor.Local.Access;
using FunctionsMonitor.Local.Configuration;
using FunctionsMonitor.Local.OpenApi;
using FunctionsMonitor.Local.Startup;

if (BuildTimeDocument.IsBeingMade)
{
    await BuildTimeDocument.RunAsync(args);
    return 0;
}

return await StartGuard.RunAsync(args, command =>
{
    var builder = LocalConfiguration.CreateBuilder();
    var settings = LocalSettings.Read(builder.Configuration, command);

    builder.AddFunctionsMonitor(settings);
    if (command.Demo)
        builder.Services.AddDemoTraffic();

    var app = builder.Build();
    app.ListenOn(settings.Addresses);
    app.UseMiddleware<AccessGuard>();
    app.MapFunctionsMonitor();
    return app;
});
