using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Pages;
using FunctionsMonitor.Http.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>The page for people: its files, which say nothing of anybody's data, and a plain one that needs no script.</summary>
public sealed class DashboardEndpoints
{
    /// <summary>The names have a hash of the content in them: what is at one never changes.</summary>
    private const string Immutable = "public, max-age=31536000, immutable";

    private readonly DashboardAssets assets;

    internal DashboardEndpoints(DashboardAssets assets) => this.assets = assets;

    /// <summary><c>GET /</c>. Relative: a proxy may have put a prefix before it.</summary>
    public static Task<IResult> RootAsync(HttpContext context) => Task.FromResult<IResult>(TypedResults.Redirect(Routes.Dashboard));

    /// <summary><c>GET /dashboard</c>. Parameters are passed over: a link to a page gets all kinds of them added.</summary>
    public Task<IResult> PageAsync(HttpContext context)
    {
        if (assets.Index is not { } index)
            return Task.FromResult<IResult>(TypedResults.Redirect(Routes.DashboardPlain));

        PageHeaders.Set(context, PageHeaders.OfDashboard);
        return Task.FromResult(Send(context, index, "no-cache"));
    }

    /// <summary><c>GET /dashboard/assets/{name}</c>.</summary>
    public Task<IResult> AssetAsync(HttpContext context)
    {
        var name = RouteReader.Text(context, "name");
        return Task.FromResult(name != DashboardAssets.IndexName && assets.Find(name) is { } asset
            ? Send(context, asset, Immutable)
            : ProblemResult.Of(ProblemTypes.NotFound, "The page has no such file; after an upgrade, load the page anew."));
    }

    private static IResult Send(HttpContext context, DashboardAsset asset, string caching)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = caching;
        headers.Vary = HeaderNames.AcceptEncoding;
        if (!TakesBrotli(context.Request.Headers.AcceptEncoding))
            return TypedResults.Bytes(asset.Bytes, asset.ContentType, entityTag: asset.Tag);

        headers.ContentEncoding = "br";
        return TypedResults.Bytes(asset.Brotli, asset.ContentType, entityTag: asset.BrotliTag);
    }

    private static bool TakesBrotli(StringValues accepted) =>
        StringWithQualityHeaderValue.TryParseList(accepted, out var codings) && codings.Any(coding => coding.Value.Equals("br", StringComparison.OrdinalIgnoreCase) && coding.Quality != 0);
}
