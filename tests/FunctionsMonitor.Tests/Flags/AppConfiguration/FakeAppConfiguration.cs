using System.Security.Cryptography;
using System.Text;
using FunctionsMonitor.Flags.AppConfiguration;

namespace FunctionsMonitor.Tests.Flags.AppConfiguration;

/// <summary>
/// An App Configuration store as its client shows it: filters, labels, pages with ETags, conditions; and it can be down, throttle, or take its
/// time. Any number of instances may ask one.
/// </summary>
internal sealed class FakeAppConfiguration : ISettingsReader
{
    public const string FeatureFlagType = "application/vnd.microsoft.appconfig.ff+json;charset=utf-8";
    private readonly SortedDictionary<string, RemoteSetting> settings = new(StringComparer.Ordinal);
    private TaskCompletionSource? gate;
    private int version;
    private int requests;

    public int PageSize { get; set; } = 100;

    /// <summary>Thrown by every request while it is set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Listings asked for.</summary>
    public int Requests => Volatile.Read(ref requests);

    /// <summary>What the last one of each was, with the number of conditions.</summary>
    public Dictionary<string, (string Labels, int Conditions)> Asked { get; } = [];

    /// <summary>Pages that were sent, and not answered "not modified".</summary>
    public int PagesSent { get; private set; }

    public static SettingsReadException Down { get; } = SettingsReadException.OfStatus(503, null, null, null);

    public FakeAppConfiguration SetFlag(string name, string json, string? label = null, string contentType = FeatureFlagType) =>
        Set($".appconfig.featureflag/{name}", json, label, contentType);

    public FakeAppConfiguration SetValue(string name, string value, string? label = null, string? contentType = null) =>
        Set($"FunctionsMonitor:{name}", value, label, contentType);

    public void Remove(string key, string? label = null) => settings.Remove($"{key} {label}");

    public void RemoveFlag(string name, string? label = null) => Remove($".appconfig.featureflag/{name}", label);

    /// <summary>From now on requests take until <see cref="Open"/>.</summary>
    public void Close() => gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open()
    {
        gate!.SetResult();
        gate = null;
    }

    public async ValueTask<IReadOnlyList<SettingsPage>> ListAsync(SettingsQuery query, IReadOnlyList<string> knownTags, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref requests);
        lock (Asked)
            Asked[query.KeyFilter] = (query.LabelFilter, knownTags.Count);
        if (gate is { } closed)
            await closed.Task.WaitAsync(cancellationToken);
        if (Failure is not null)
            throw Failure;

        Assert.EndsWith("*", query.KeyFilter, StringComparison.Ordinal);
        var labels = query.LabelFilter.Split(',').Select(label => label == "\0" ? null : label).ToList();
        var listed = settings.Values.Where(setting => setting.Key.StartsWith(query.KeyFilter[..^1], StringComparison.Ordinal) && labels.Contains(setting.Label));
        var pages = listed.Chunk(PageSize).Select(chunk => new SettingsPage(chunk, TagOf(chunk))).DefaultIfEmpty(new([], "empty"));
        return [.. pages.Select((page, i) => i < knownTags.Count && knownTags[i] == page.Tag ? new SettingsPage(null, null) : Sent(page))];
    }

    private FakeAppConfiguration Set(string key, string value, string? label, string? contentType)
    {
        settings[$"{key} {label}"] = new(key, label, value, contentType, $"v{++version}");
        return this;
    }

    private SettingsPage Sent(SettingsPage page)
    {
        PagesSent++;
        return page;
    }

    private static string TagOf(IEnumerable<RemoteSetting> chunk) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', chunk.Select(setting => $"{setting.Key} {setting.Label} {setting.Tag}")))));
}
