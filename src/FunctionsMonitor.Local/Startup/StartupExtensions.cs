using FunctionsMonitor.Flags;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Telemetry;
using FunctionsMonitor.Local.Access;
using FunctionsMonitor.Local.Configuration;
using FunctionsMonitor.Local.Demo;
using FunctionsMonitor.Local.Flushing;
using FunctionsMonitor.Storage;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Local.Startup;

/// <summary>The parts of this host, as the program lists them.</summary>
internal static class StartupExtensions
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(30);

    /// <summary>All that this host is made of.</summary>
    public static void AddFunctionsMonitor(this WebApplicationBuilder builder, LocalSettings settings)
    {
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
    }

    /// <summary>One line an entry, and only what a person wants to know; not one for every request.</summary>
    public static void AddLocalLogging(this WebApplicationBuilder builder)
    {
        var quiet = new StartQuiet();
        builder.Services.AddSingleton(quiet);
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.TimestampFormat = "HH:mm:ss ";
        });
        builder.Logging.AddFilter(quiet.Lets);
    }

    public static void LimitRequests(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            options.Limits.MaxRequestHeaderCount = 64;
            options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });
    }

    /// <summary>Environment before file; the first that has a usable value wins.</summary>
    public static void AddFlagSources(this IServiceCollection services)
    {
        services.AddSingleton<IFlagSource>(provider => new EnvironmentFlagSource(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IFlagSource>(provider =>
            new ConfigurationFlagSource(LocalConfiguration.ReadFlagsFile(), provider.GetRequiredService<TimeProvider>()));
    }

    public static void AddAccessGuard(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IValidateOptions<KeysOptions>, KeysOptionsValidator>();
        services.AddOptions<KeysOptions>().Bind(configuration.GetSection(KeysOptions.Section)).ValidateOnStart();
        services.AddSingleton<KeyRing>();
        services.AddSingleton<AccessPolicy>();
    }

    public static void AddFlushTimer(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IValidateOptions<FlushTimerOptions>, FlushTimerOptionsValidator>();
        services.AddOptions<FlushTimerOptions>().Bind(configuration.GetSection(FlushTimerOptions.Section)).ValidateOnStart();
        // Found at the first tick and not before: nothing that a flush needs stands in the way of the first answer.
        services.AddHostedService(provider => new FlushTimer(
            token => provider.GetRequiredService<FlushDue>().FlushIfDueAsync(token), provider.GetRequiredService<IOptions<FlushTimerOptions>>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<FlushTimer>>()));
    }

    /// <summary>What is said at start and stop, and how long stopping may take.</summary>
    public static void AddLifecycle(this IServiceCollection services, LocalSettings settings)
    {
        services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        services.AddSingleton(settings);
        services.AddSingleton<OwnAddress>();
        services.AddHostedService<Announcer>();
    }

    public static void AddDemoTraffic(this IServiceCollection services) => services.AddHostedService<DemoTraffic>();

    public static void ListenOn(this WebApplication app, IEnumerable<ListenAddress> addresses)
    {
        foreach (var address in addresses)
            app.Urls.Add(address.Url);
    }
}
