using FunctionsMonitor;
using FunctionsMonitor.Http;
using FunctionsMonitor.Local.OpenApi;
using FunctionsMonitor.Storage;

if (BuildTimeDocument.IsBeingMade)
{
    await BuildTimeDocument.RunAsync(args);
    return;
}

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddFunctionsMonitorCore(builder.Configuration);
builder.Services.AddEmbeddedStores(builder.Configuration, Path.GetFullPath(builder.Configuration["FunctionsMonitor:DataPath"] ?? ".data"));
builder.Services.AddFunctionsMonitorHttp();

var app = builder.Build();
app.MapFunctionsMonitor();
await app.RunAsync();
