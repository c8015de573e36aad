using FunctionsMonitor.Local.Access;

namespace FunctionsMonitor.Local.Startup;

/// <summary>What must be right before anything is built.</summary>
/// <param name="Addresses">Where to listen.</param>
/// <param name="DataPath">The data folder's full path; it is there and can be written.</param>
internal sealed record LocalSettings(IReadOnlyList<ListenAddress> Addresses, string DataPath)
{
    public const string UrlsVariable = "ASPNETCORE_URLS";

    /// <exception cref="StartException">One of them is wrong.</exception>
    public static LocalSettings Read(IConfiguration configuration, CommandLine command)
    {
        var addresses = command.Urls is { } urls
            ? ListenAddress.ParseAll(urls, "--urls")
            : ListenAddress.ParseAll(configuration[UrlsVariable] ?? ListenAddress.Default, UrlsVariable);
        RefuseToBeOpen(addresses, configuration);
        return new(addresses, DataFolder.Open(configuration[DataFolder.Setting]));
    }

    /// <summary>Whoever can reach this host could read everything and flush, replay and discard.</summary>
    private static void RefuseToBeOpen(IReadOnlyList<ListenAddress> addresses, IConfiguration configuration)
    {
        var keys = configuration.GetSection(KeysOptions.Section);
        var any = new KeysOptions
        {
            Ingest = keys[nameof(KeysOptions.Ingest)],
            Read = keys[nameof(KeysOptions.Read)],
            Operate = keys[nameof(KeysOptions.Operate)],
        }.Any;
        if (!any && addresses.FirstOrDefault(address => !address.IsLoopback) is { Url: { } open })
        {
            throw new StartException(
                $"{open} can be reached from other machines, so Keys:Ingest, Keys:Read and Keys:Operate must be set "
                + $"(at least {KeysOptions.MinLength} characters each). Without keys only localhost, 127.0.0.1 and [::1] are served.");
        }
    }
}
