using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using FunctionsMonitor.Http.Pages;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Tests.Http.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.Http.Endpoints;

/// <summary>The page as its files are served, with files of the test's own. What is in the real ones, the browser tests look at.</summary>
public sealed class DashboardEndpointsTests
{
    private const string Script = "app-1a2b.js";
    private static readonly Dictionary<string, byte[]> Files = Compressed(("index.html", "<!doctype html><p>ü"), (Script, "let ü = 1;"), ("app-3c4d.css", "p {}"));

    [Fact]
    [Answers(302, "GetRoot")]
    [Answers(200, "GetDashboard", "GetDashboardAsset")]
    public async Task The_root_leads_to_the_page_and_its_files_say_what_they_are_and_how_long_they_are_good()
    {
        await using var monitor = await StartAsync(Files);

        using var root = await monitor.GetAsync("/");
        Assert.Equal((HttpStatusCode.Found, "dashboard"), (root.StatusCode, root.Headers.Location?.OriginalString));

        using var page = await monitor.GetAsync("/dashboard?utm_source=anything");
        Assert.Equal(("text/html", "utf-8", "no-cache"), (page.Content.Headers.ContentType?.MediaType, page.Content.Headers.ContentType?.CharSet, $"{page.Headers.CacheControl}"));
        Assert.Equal(Files["index.html"], await page.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));

        using var script = await monitor.GetAsync($"/dashboard/assets/{Script}");
        Assert.Equal("text/javascript", script.Content.Headers.ContentType?.MediaType);
        Assert.Equal(["public, max-age=31536000, immutable"], script.Headers.GetValues("Cache-Control"));
        Assert.Equal(["nosniff"], script.Headers.GetValues("X-Content-Type-Options"));
        using var style = await monitor.GetAsync("/dashboard/assets/app-3c4d.css");
        Assert.Equal("text/css", style.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task The_page_may_run_its_own_files_and_ask_its_own_host_and_nothing_else()
    {
        await using var monitor = await StartAsync(Files);
        using var page = await monitor.GetAsync("/dashboard");
        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        var parts = policy.Split(';', StringSplitOptions.TrimEntries).Select(part => part.Split(' ', 2)).ToDictionary(part => part[0], part => part[1]);

        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.Equal(("'none'", "'self'", "'self'", "'self'"), (parts["default-src"], parts["script-src"], parts["style-src"], parts["connect-src"]));
        Assert.Equal(("'none'", "'script'"), (parts["frame-ancestors"], parts["require-trusted-types-for"]));
    }

    [Theory]
    [InlineData("br", true)]
    [InlineData("gzip, deflate, br;q=0.5", true)]
    [InlineData("gzip, br;q=0", false)]
    [InlineData("identity", false)]
    [InlineData("rubbish;;;=", false)]
    public async Task Whoever_takes_brotli_gets_it_and_the_others_the_file_as_it_is(string accepted, bool isCompressed)
    {
        await using var monitor = await StartAsync(Files);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/dashboard/assets/{Script}");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        using var response = await monitor.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(isCompressed ? ["br"] : [], response.Content.Headers.ContentEncoding);
        Assert.Equal(["Accept-Encoding"], response.Headers.Vary);
        Assert.Equal(Files[isCompressed ? Script + ".br" : Script], await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    [Answers(304, "GetDashboard", "GetDashboardAsset")]
    public async Task Who_has_a_file_already_is_told_so_and_each_encoding_has_a_tag_of_its_own()
    {
        await using var monitor = await StartAsync(Files);
        foreach (var path in (string[])["/dashboard", $"/dashboard/assets/{Script}"])
        {
            var tags = new List<EntityTagHeaderValue>();
            foreach (var encoding in (string[])["br", "identity"])
            {
                using var first = await SendAsync(monitor, path, encoding, null);
                tags.Add(first.Headers.ETag!);
                using var again = await SendAsync(monitor, path, encoding, first.Headers.ETag);
                Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
                using var other = await SendAsync(monitor, path, encoding, new EntityTagHeaderValue("\"another\""));
                Assert.Equal(HttpStatusCode.OK, other.StatusCode);
            }

            Assert.Distinct(tags);
        }
    }

    [Theory]
    [Answers(404, "GetDashboardAsset")]
    [InlineData("nothing.js")]
    [InlineData("index.html")]
    [InlineData("app-1a2b.js.br")]
    [InlineData("..%2findex.html")]
    public async Task What_is_no_file_of_the_page_is_not_there(string name)
    {
        await using var monitor = await StartAsync(Files);
        using var response = await monitor.GetAsync($"/dashboard/assets/{name}");
        await response.ReadProblemAsync(ProblemTypes.NotFound);
    }

    [Fact]
    [Answers(302, "GetDashboard")]
    public async Task A_build_without_Node_leads_to_the_plain_page()
    {
        await using var monitor = await StartAsync([]);
        using var page = await monitor.GetAsync("/dashboard");
        Assert.Equal((HttpStatusCode.Found, "dashboard/plain"), (page.StatusCode, page.Headers.Location?.OriginalString));
    }

    [Fact]
    [Answers(200, "GetPlainDashboard")]
    public async Task The_plain_page_has_the_facts_and_what_strangers_sent_is_text_on_it()
    {
        const string Hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&";
        await using var monitor = await HttpMonitor.StartAsync(settings: new() { ["MONITORING_BATCH_SIZE"] = "<b>bold</b>" });
        await monitor.IngestAsync(monitor.Event(source: Hostile.Replace("\"", "\\\"", StringComparison.Ordinal)));
        await monitor.MakeDeadLetterAsync();
        await monitor.IngestAsync(monitor.Event());

        using var response = await monitor.GetAsync("/dashboard/plain");
        var html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, "text/html"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        foreach (var fact in (string[])
        [
            "1 events in 1 segments", "completed, 3 events in", "Balanced: 4 accepted", "<td>metrics-store-read</td><td>closed</td><td>yes</td>",
            "<td>conflict</td><td>1</td>", "<td>conflict</td><td>test.event</td>", "<td>test.event</td><td>2</td><td>2</td><td>0</td><td>100 %</td>", "MONITORING_ENABLE_VALIDATION", "<td>flush</td>", "test.event",
        ])
            Assert.Contains(fact, html, StringComparison.Ordinal);
        Assert.Contains("&lt;img src=x onerror=alert(2)&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("<(script|img|b)\\b", html);

        // The one style sheet is allowed by its hash, so no other is.
        var style = Regex.Match(html, "<style>(.*)</style>", RegexOptions.Singleline).Groups[1].Value;
        var hash = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        Assert.Contains($"style-src 'sha256-{hash}';", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_plain_page_shows_the_rest_while_a_store_is_down()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        await monitor.IngestAsync(monitor.Event());
        monitor.BreakMetricsStore();

        using var response = await monitor.GetAsync("/dashboard/plain").AdvancingAsync(monitor.Time, TimeSpan.FromMilliseconds(100));
        var html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Contains("<h1>FunctionsMonitor is degraded</h1>", html, StringComparison.Ordinal);
        foreach (var fact in (string[])["1 events in 1 segments", "The books cannot be drawn up now.", "They cannot be counted now.", "This cannot be read now: "])
            Assert.Contains(fact, html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_plain_page_tells_of_a_breaker_what_the_other_one_does()
    {
        await using var monitor = await HttpMonitor.StartAsync();
        using var isolated = await monitor.Client.PostAsync("/breakers/metrics-store/isolate", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, isolated.StatusCode);

        using var response = await monitor.GetAsync("/dashboard/plain");
        var html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Contains("<td>metrics-store</td><td>isolated</td><td>no</td>", html, StringComparison.Ordinal);
        Assert.Contains("<td>metrics-store</td><td>closed</td><td>isolated</td>", html, StringComparison.Ordinal);
    }

    /// <summary>The files of this very build: there are some wherever there is Node, and CI has it.</summary>
    [Fact]
    public void The_page_that_the_build_made_refers_to_files_it_has_and_its_first_load_is_under_150_kB()
    {
        var assets = new DashboardAssets();
        if (assets.Index is not { } index)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", "The build had no Node to make the page with.");
            throw new InvalidOperationException("CI must build the page.");
        }

        var references = Regex.Matches(Encoding.UTF8.GetString(index.Bytes), "(?:src|href)=\"(dashboard/assets/[^\"]+)\"").Select(match => Path.GetFileName(match.Groups[1].Value)).ToList();
        Assert.Equal(assets.Names.Where(name => name != DashboardAssets.IndexName).Order(), references.Order());
        Assert.All(references, name => Assert.Matches("-[\\w-]{8,}\\.", name));
        Assert.All(assets.Names.Select(name => assets.Find(name)!), asset => Assert.Equal(asset.Bytes, Decompressed(asset.Brotli)));
        Assert.InRange(assets.Names.Sum(name => assets.Find(name)!.Brotli.Length), 1, 150_000);
    }

    private static Task<HttpMonitor> StartAsync(Dictionary<string, byte[]> files) =>
        HttpMonitor.StartAsync(services => services.AddSingleton(new DashboardAssets(files)));

    private static async Task<HttpResponseMessage> SendAsync(HttpMonitor monitor, string path, string encoding, EntityTagHeaderValue? tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.AcceptEncoding.ParseAdd(encoding);
        if (tag is not null)
            request.Headers.IfNoneMatch.Add(tag);
        return await monitor.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static Dictionary<string, byte[]> Compressed(params (string Name, string Text)[] files)
    {
        var all = new Dictionary<string, byte[]>();
        foreach (var (name, text) in files)
        {
            all[name] = Encoding.UTF8.GetBytes(text);
            using var stream = new MemoryStream();
            using (var brotli = new BrotliStream(stream, CompressionLevel.Optimal, leaveOpen: true))
                brotli.Write(all[name]);
            all[name + ".br"] = stream.ToArray();
        }

        return all;
    }

    private static byte[] Decompressed(byte[] bytes)
    {
        using var brotli = new BrotliStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        brotli.CopyTo(plain);
        return plain.ToArray();
    }
}
