using System.Text.RegularExpressions;
using FunctionsMonitor.Http.Problems;
using static FunctionsMonitor.HostContract.Table.Ask;

namespace FunctionsMonitor.HostContract.Table;

/// <summary>The page and its files. A build without Node has the plain page alone; of a host of the tests the build had one.</summary>
internal static partial class PageRows
{
    private const string Immutable = "public, max-age=31536000, immutable";

    public static IEnumerable<HostRow> All =>
    [
        Row("GET /: leads to the page", Get("/").Answers(302).WithHeader("Location", "dashboard").WithoutBody()),
        Row("GET /dashboard: the page, for everybody", Page().Shows(KeyUse.None).OfType("text/html").Check(MayRunItsOwn)),
        Row("GET /dashboard: a link to it may have got something added", Get("/dashboard?utm_source=x").Kept("no-cache").OfType("text/html")),
        Row("GET /dashboard: it is known already", Page().KeepHeader("tag", "ETag"), Page().Header("If-None-Match", "$tag").Answers(304).WithoutBody()),
        Row("GET /dashboard: compressed for who takes it",
            Page().KeepHeader("tag", "ETag"), Page().Header("Accept-Encoding", "gzip, br").WithHeader("Content-Encoding", "br").Check(answer => Assert.NotEqual(answer.Run.Expand("$tag"), answer.Header("ETag")))),
        Row("GET /dashboard/assets/{name}: a script of the page, kept for a year", PageWithAsset(),
            Asset().OfType("text/javascript"), Asset().Header("Accept-Encoding", "br").WithHeader("Content-Encoding", "br").WithHeader("Vary", "Accept-Encoding")),
        Row("GET /dashboard/assets/{name}: it is known already", PageWithAsset(), Asset().KeepHeader("tag", "ETag"), Asset().Header("If-None-Match", "$tag").Answers(304).WithoutBody()),
        Row("GET /dashboard/assets/{name}: no such file", Get("/dashboard/assets/nothing.js").Refused(ProblemTypes.NotFound)),
        Row("GET /dashboard/assets/{name}: a file that is not of the page", Get("/dashboard/assets/..%2F..%2Fhost.json").Refused(ProblemTypes.NotFound))
            .OnlyOwn("What stands before somebody's host may resolve such a path itself."),
        Row("GET /dashboard/plain: a page without scripts", Get("/dashboard/plain").OfType("text/html").Check(answer =>
        {
            Assert.DoesNotContain("<script", answer.Text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("script-src", answer.Header("Content-Security-Policy"), StringComparison.Ordinal);
        })),
    ];

    private static HostStep Page() => Get("/dashboard").Kept("no-cache");

    private static HostStep PageWithAsset() => Page().Check(answer => answer.Run.Keep("asset", Script().Match(answer.Text).Groups[1].Value));

    private static HostStep Asset() => Get("/dashboard/assets/$asset").Shows(KeyUse.None).Kept(Immutable);

    private static void MayRunItsOwn(HostAnswer answer) => Assert.Contains("script-src 'self'", answer.Header("Content-Security-Policy"), StringComparison.Ordinal);

    [GeneratedRegex("assets/([\\w.-]+\\.js)\"")]
    private static partial Regex Script();
}
