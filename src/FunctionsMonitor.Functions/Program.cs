using FunctionsMonitor.Functions;
using FunctionsMonitor.Functions.Flags;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.AddFunctionsMonitor(AppConfigurationExtensions.Client);
builder.Build().Run();
