using FunctionsMonitor;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Functions;
using FunctionsMonitor.Functions.Http;
using FunctionsMonitor.Http;
using FunctionsMonitor.Storage;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
// Every result ASP.NET Core writes is an information of its own here, which host.json cannot filter.
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

builder.Services.AddFunctionsMonitorCore(builder.Configuration);
builder.Services.AddEmbeddedStores(builder.Configuration, DataFolder.Find(builder.Configuration));
builder.Services.AddConfiguredMetricsStore(builder.Configuration);
builder.Services.AddConfiguredBreakerStateStore(builder.Configuration);
builder.Services.AddFunctionsMonitorHttp();
builder.Services.LeaveBodySizeToEndpoints();
builder.Services.AddSingleton<IFlagSource>(provider => new EnvironmentFlagSource(provider.GetRequiredService<TimeProvider>()));
builder.Build().Run();
