using FunctionsMonitor;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Functions;
using FunctionsMonitor.Functions.Flags;
using FunctionsMonitor.Functions.Http;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Telemetry;
using FunctionsMonitor.Storage;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// The account that the host itself uses, and this app too when it is given no other.
const string HostStorage = "AzureWebJobsStorage";

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
// Every result ASP.NET Core writes is an information of its own here, which host.json cannot filter.
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

var dataPath = DataFolder.Find(builder.Configuration);
builder.Services.AddFunctionsMonitorCore(builder.Configuration);
builder.Services.AddEmbeddedStores(builder.Configuration, dataPath);
builder.Services.AddConfiguredAzureStores(builder.Configuration, HostStorage);
builder.Services.AddConfiguredMetricsStore(builder.Configuration);
builder.Services.AddFunctionsMonitorHttp();
builder.Services.AddFunctionsMonitorTelemetry(builder.Configuration)?.UseFunctionsWorkerDefaults();
builder.Services.LeaveBodySizeToEndpoints();
builder.Services.AddSingleton<IFlagSource>(provider => new EnvironmentFlagSource(provider.GetRequiredService<TimeProvider>()));
builder.Services.AddConfiguredAppConfiguration(builder.Configuration, dataPath, HostStorage);
builder.Build().Run();
