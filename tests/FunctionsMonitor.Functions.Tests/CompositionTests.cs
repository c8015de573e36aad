using DurableCircuitBreaker;
using FunctionsMonitor.Buffering;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Flags.AppConfiguration;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Live;
using FunctionsMonitor.Operations;
using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.Storage.Files;
using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.Storage.Sqlite;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Functions.Tests;

/// <summary>What the whole app is made of under the settings that it is deployed with. Nothing is connected here.</summary>
public sealed class CompositionTests
{
    private const string HostStorage = "AzureWebJobsStorage";
    private static readonly string Connection = $"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={Convert.ToBase64String("not a key"u8)};EndpointSuffix=core.windows.net";

    private static readonly (string, string)[] Identity =
        [($"{HostStorage}:accountName", "a"), ($"{HostStorage}:credential", "managedidentity"), ($"{HostStorage}:clientId", "b6f2…")];

    private static readonly (string, string)[] Postgres =
        [("Postgres:Host", "db.postgres.database.azure.com"), ("Postgres:Database", "monitoring"), ("Postgres:Username", "functionsmonitor"), ("Postgres:ClientId", "b6f2…")];

    private static readonly (string, string) Flags = ("AppConfiguration:Endpoint", "https://flags.azconfig.io");

    public static TheoryData<bool> Accounts => [false, true];

    [Theory]
    [MemberData(nameof(Accounts))]
    public void With_an_account_and_a_database_everything_is_in_them(bool byIdentity)
    {
        (string, string)[] account = byIdentity ? Identity : [(HostStorage, Connection)];
        using var app = Build([.. account, .. Postgres, Flags]);
        Assert.IsType<BlobSegmentStore>(app.Services.GetRequiredService<ISegmentStore>());
        Assert.IsType<AzureTableStateStore>(app.Services.GetRequiredService<IOperationLog>());
        Assert.IsType<AzureTableStateStore>(app.Services.GetRequiredService<IFlushSchedule>());
        Assert.IsType<AzureTableIdempotencyStore>(app.Services.GetRequiredService<IIdempotencyStore>());
        Assert.IsType<AzureTableBreakerStateStore>(app.Services.GetRequiredService<IBreakerStateStore>());
        Assert.IsType<PostgresMetricsStore>(app.Services.GetRequiredService<IMetricsStore>());
        Assert.IsType<PostgresMetricsQueries>(app.Services.GetRequiredService<IMetricsQueries>());
        Assert.IsType<PostgresDeadLetterStore>(app.Services.GetRequiredService<IDeadLetterStore>());
        Assert.IsType<PostgresLiveFeed>(app.Services.GetRequiredService<ILiveFeed>());
        Assert.IsType<AzureBlobLastKnownGoodStore>(app.Services.GetRequiredService<ILastKnownGoodStore>());
        Assert.IsType<NoReader>(app.Services.GetRequiredService<ISettingsReader>());

        var blobs = app.Services.GetRequiredService<IOptions<BlobSegmentStoreOptions>>().Value;
        var table = app.Services.GetRequiredService<IOptions<AzureTableOptions>>().Value;
        var flags = app.Services.GetRequiredService<IOptions<AzureBlobLastKnownGoodOptions>>().Value;
        Assert.All(new[] { blobs.ConnectionString, table.ConnectionString, flags.ConnectionString }, text => Assert.Equal(byIdentity ? null : Connection, text));
        Assert.All(new[] { blobs.ClientId, table.ClientId, flags.ClientId }, id => Assert.Equal(byIdentity ? "b6f2…" : null, id));
        app.Services.GetRequiredService<IStartupValidator>().Validate();
    }

    [Theory]
    [MemberData(nameof(Accounts))]
    public void With_an_account_and_a_database_nothing_that_is_used_is_embedded(bool byIdentity)
    {
        (string, string)[] account = byIdentity ? Identity : [(HostStorage, Connection)];
        using var app = Build([.. account, .. Postgres, Flags], out var services);
        Assert.Empty(EmbeddedOnes(app.Services, services));
    }

    [Fact]
    public void Without_them_everything_is_embedded()
    {
        using var app = Build([], out var services);
        Assert.Equal(
            [nameof(IBreakerStateStore), nameof(IDeadLetterStore), nameof(IFlushSchedule), nameof(IIdempotencyStore), nameof(IMetricsQueries), nameof(IMetricsStore),
                nameof(IOperationLog), nameof(ISegmentStore)],
            EmbeddedOnes(app.Services, services));
    }

    /// <summary>The interfaces of ours for which the app would get something that lives in its data folder.</summary>
    private static IEnumerable<string> EmbeddedOnes(IServiceProvider app, IServiceCollection services) => services
        .Where(service => !service.IsKeyedService && service.ServiceType is { IsInterface: true, IsGenericType: false } type && IsOurs(type) && type != typeof(IFileSystem))
        .Select(service => service.ServiceType).Distinct()
        .Where(type => IsEmbedded(app.GetRequiredService(type).GetType()))
        .Select(type => type.Name).Order(StringComparer.Ordinal);

    private static bool IsOurs(Type type) => type.Assembly == typeof(IBreakerStateStore).Assembly || type.FullName!.StartsWith("FunctionsMonitor.", StringComparison.Ordinal);

    private static bool IsEmbedded(Type type) =>
        type == typeof(FileBreakerStateStore) || type.Namespace == typeof(FolderSegmentStore).Namespace || type.Namespace == typeof(SqliteStateStore).Namespace;

    private static IHost Build((string Name, string Value)[] settings) => Build(settings, out _);

    private static IHost Build((string Name, string Value)[] settings, out IServiceCollection services)
    {
        var builder = FunctionsApplication.CreateBuilder([]);
        // Nobody's own settings, whatever machine this runs on.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(pair => pair.Name, pair => (string?)pair.Value));
        builder.AddFunctionsMonitor(_ => new NoReader());
        services = builder.Services;
        return builder.Build();
    }

    private sealed class NoReader : ISettingsReader
    {
        public ValueTask<IReadOnlyList<SettingsPage>> ListAsync(SettingsQuery query, IReadOnlyList<string> knownTags, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
