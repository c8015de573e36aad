using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Pages;

/// <summary>What a browser may do with our pages, which show what strangers sent: nothing but run our own files and ask this very host.</summary>
internal static class PageHeaders
{
    /// <summary>Of the page: its own scripts and styles, its own host; no string ever becomes markup or script.</summary>
    public const string OfDashboard =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>Of the plain page: no script at all, and the one style sheet with this hash.</summary>
    public static string OfPlainPage(string styleHash) =>
        $"default-src 'none'; style-src '{styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void Set(HttpContext context, string contentSecurityPolicy)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = contentSecurityPolicy;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }
}
