using System.IO.Hashing;
using System.Reflection;
using Microsoft.Net.Http.Headers;

namespace FunctionsMonitor.Http.Pages;

/// <summary>The files of the page, as the build embedded them; none where it had no Node.</summary>
internal sealed class DashboardAssets
{
    public const string IndexName = "index.html";
    private const string Prefix = "dashboard/";
    private const string BrotliSuffix = ".br";

    private readonly Dictionary<string, DashboardAsset> assets;

    public DashboardAssets()
        : this(ReadEmbedded(typeof(DashboardAssets).Assembly))
    {
    }

    /// <param name="files">By name; a compressed one beside each, with <c>.br</c> after its name.</param>
    internal DashboardAssets(IReadOnlyDictionary<string, byte[]> files) => assets = files
        .Where(file => !file.Key.EndsWith(BrotliSuffix, StringComparison.Ordinal))
        .ToDictionary(file => file.Key, file => Describe(file.Key, file.Value, files[file.Key + BrotliSuffix]), StringComparer.Ordinal);

    /// <summary>The page itself.</summary>
    public DashboardAsset? Index => Find(IndexName);

    public IEnumerable<string> Names => assets.Keys;

    public DashboardAsset? Find(string name) => assets.GetValueOrDefault(name);

    private static DashboardAsset Describe(string name, byte[] bytes, byte[] brotli)
    {
        var hash = $"{XxHash64.HashToUInt64(bytes):x16}";
        return new(TypeOf(name), bytes, brotli, new EntityTagHeaderValue($"\"{hash}\""), new EntityTagHeaderValue($"\"{hash}-br\""));
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new NotSupportedException($"The page has a file that nobody has a content type for: *{other}."),
    };

    private static Dictionary<string, byte[]> ReadEmbedded(Assembly assembly)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            files.Add(name[Prefix.Length..], bytes);
        }

        return files;
    }
}
