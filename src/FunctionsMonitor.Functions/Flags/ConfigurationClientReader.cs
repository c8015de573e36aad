using Azure;
using Azure.Data.AppConfiguration;
using Azure.Identity;
using FunctionsMonitor.Flags.AppConfiguration;

namespace FunctionsMonitor.Functions.Flags;

/// <summary>
/// <see cref="ISettingsReader"/> over Azure's client, which signs requests and sends back the sync token of the last answer, so that a replica that
/// lags does not answer with something older. Only in a build with the property <c>AppConfigurationClient</c>.
/// </summary>
internal sealed class ConfigurationClientReader : ISettingsReader
{
    private const int NotModified = 304;
    private readonly ConfigurationClient client;

    /// <param name="options">Valid ones.</param>
    public ConfigurationClientReader(AppConfigurationOptions options)
    {
        // No retries here: the pipeline has them, with a breaker that all instances share.
        var settings = new ConfigurationClientOptions { Retry = { MaxRetries = 0, NetworkTimeout = options.Timeout } };
        client = options.ConnectionString is { } connection
            ? new ConfigurationClient(connection, settings)
            : new ConfigurationClient(
                options.Endpoint!, new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = options.ClientId }), settings);
    }

    public async ValueTask<IReadOnlyList<SettingsPage>> ListAsync(SettingsQuery query, IReadOnlyList<string> knownTags, CancellationToken cancellationToken)
    {
        var selector = new SettingSelector { KeyFilter = query.KeyFilter, LabelFilter = query.LabelFilter };
        var conditions = knownTags.Select(tag => new MatchConditions { IfNoneMatch = new ETag(tag) });
        var pages = new List<SettingsPage>();
        try
        {
            await foreach (var page in client.GetConfigurationSettingsAsync(selector, cancellationToken).AsPages(conditions))
                pages.Add(PageOf(page.GetRawResponse()));
        }
        catch (RequestFailedException exception)
        {
            throw Fault(exception);
        }

        return pages;
    }

    private static SettingsPage PageOf(Response response) => response.Status == NotModified
        ? new(null, null)
        : new(SettingsPageBody.Parse(response.Content.ToMemory()), response.Headers.ETag?.ToString("H"));

    private static SettingsReadException Fault(RequestFailedException exception)
    {
        var headers = exception.GetRawResponse()?.Headers ?? default;
        headers.TryGetValue("retry-after-ms", out var milliseconds);
        headers.TryGetValue("Retry-After", out var seconds);
        return SettingsReadException.OfStatus(exception.Status, exception.ErrorCode, SettingsReadException.RetryAfterOf(milliseconds, seconds), exception);
    }
}
