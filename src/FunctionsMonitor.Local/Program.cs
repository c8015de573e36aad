using FunctionsMonitor;
using FunctionsMonitor.Http;
using FunctionsMonitor.Local.OpenApi;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddFunctionsMonitorCore(builder.Configuration);
builder.Services.AddFunctionsMonitorHttp();
builder.Services.AddFunctionsMonitorOpenApi();

// The build of the OpenAPI document comes up to here: nothing may be opened before.
var app = builder.Build();
app.MapFunctionsMonitor();
app.Run();
