using DurableCircuitBreaker;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Live;
using FunctionsMonitor.Local.Startup;
using FunctionsMonitor.Operations;
using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.Storage.Files;
using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.Storage.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Tests.Local;

/// <summary>What the whole host is made of under its settings. Nothing is connected here.</summary>
public sealed class CompositionTests
{
    private static readonly string Account = $"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={Convert.ToBase64String("not a key"u8)};EndpointSuffix=core.windows.net";

    private static readonly (string, string)[] Both =
        [("ConnectionStrings:AzureStorage", Account), ("ConnectionStrings:Postgres", "Host=localhost;Database=monitoring;Username=monitoring")];

    [Fact]
    public async Task With_two_connection_strings_everything_is_in_the_account_and_the_database()
    {
        await using var host = Build(Both, out _);
        Assert.IsType<BlobSegmentStore>(host.Services.GetRequiredService<ISegmentStore>());
        Assert.IsType<AzureTableStateStore>(host.Services.GetRequiredService<IOperationLog>());
        Assert.IsType<AzureTableStateStore>(host.Services.GetRequiredService<IFlushSchedule>());
        Assert.IsType<AzureTableIdempotencyStore>(host.Services.GetRequiredService<IIdempotencyStore>());
        Assert.IsType<AzureTableBreakerStateStore>(host.Services.GetRequiredService<IBreakerStateStore>());
        Assert.IsType<PostgresMetricsStore>(host.Services.GetRequiredService<IMetricsStore>());
        Assert.IsType<PostgresMetricsQueries>(host.Services.GetRequiredService<IMetricsQueries>());
        Assert.IsType<PostgresDeadLetterStore>(host.Services.GetRequiredService<IDeadLetterStore>());
        Assert.IsType<PostgresLiveFeed>(host.Services.GetRequiredService<ILiveFeed>());
        host.Services.GetRequiredService<IStartupValidator>().Validate();
    }

    [Fact]
    public async Task With_them_nothing_that_is_used_is_embedded()
    {
        await using var host = Build(Both, out var services);
        Assert.Empty(EmbeddedOnes(host.Services, services));
    }

    [Fact]
    public async Task Without_them_everything_is_embedded()
    {
        await using var host = Build([], out var services);
        Assert.Equal(
            [nameof(IBreakerStateStore), nameof(IDeadLetterStore), nameof(IFlushSchedule), nameof(IIdempotencyStore), nameof(IMetricsQueries), nameof(IMetricsStore),
                nameof(IOperationLog), nameof(ISegmentStore)],
            EmbeddedOnes(host.Services, services));
    }

    /// <summary>The interfaces of ours for which the host would get something that lives in its data folder.</summary>
    private static IEnumerable<string> EmbeddedOnes(IServiceProvider host, IServiceCollection services) => services
        .Where(service => !service.IsKeyedService && service.ServiceType is { IsInterface: true, IsGenericType: false } type && IsOurs(type) && type != typeof(IFileSystem))
        .Select(service => service.ServiceType).Distinct()
        .Where(type => IsEmbedded(host.GetRequiredService(type).GetType()))
        .Select(type => type.Name).Order(StringComparer.Ordinal);

    private static bool IsOurs(Type type) => type.Assembly == typeof(IBreakerStateStore).Assembly || type.FullName!.StartsWith("FunctionsMonitor.", StringComparison.Ordinal);

    private static bool IsEmbedded(Type type) =>
        type == typeof(FileBreakerStateStore) || type.Namespace == typeof(FolderSegmentStore).Namespace || type.Namespace == typeof(SqliteStateStore).Namespace;

    private static WebApplication Build((string Name, string Value)[] settings, out IServiceCollection services)
    {
        var builder = WebApplication.CreateSlimBuilder();
        // Nobody's own settings, whatever machine this runs on.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(pair => pair.Name, pair => (string?)pair.Value));
        builder.AddFunctionsMonitor(new LocalSettings([], "unused"));
        services = builder.Services;
        return builder.Build();
    }
}
