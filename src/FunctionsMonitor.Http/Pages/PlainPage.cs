using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace FunctionsMonitor.Http.Pages;

/// <summary>Builds a page of headings, sentences and tables. Whatever it is given is text and never markup.</summary>
internal sealed class PlainPage
{
    private const string Style =
        ":root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}body{max-width:70rem;margin:0 auto;padding:1rem}"
        + "h1{font-size:1.4rem}h2{font-size:1.1rem;margin:1.6rem 0 .4rem}table{border-collapse:collapse;font-variant-numeric:tabular-nums}"
        + "th,td{text-align:left;vertical-align:top;padding:.2rem 1rem .2rem 0;border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent);overflow-wrap:anywhere}"
        + "th{font-weight:600}";

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly StringBuilder html = new();

    public PlainPage(string title) => html.Append(
        CultureInfo.InvariantCulture,
        $"""
         <!doctype html>
         <html lang="en">
         <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{Text(title)}</title><style>{Style}</style></head>
         <body><main>
         <h1>{Text(title)}</h1>

         """);

    /// <summary>As a content security policy names the style sheet.</summary>
    public static string StyleHash { get; } = $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}";

    public void Heading(string text) => html.Append(CultureInfo.InvariantCulture, $"<h2>{Text(text)}</h2>\n");

    public void Line(string text) => html.Append(CultureInfo.InvariantCulture, $"<p>{Text(text)}</p>\n");

    /// <summary>A table; where it would have no row, the sentence instead.</summary>
    public void Table(string empty, IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        var cells = rows.ToList();
        if (cells.Count == 0)
        {
            Line(empty);
            return;
        }

        html.Append("<table><thead><tr>");
        foreach (var head in heads)
            html.Append(CultureInfo.InvariantCulture, $"<th scope=\"col\">{Text(head)}</th>");
        html.Append("</tr></thead><tbody>\n");
        foreach (var row in cells)
        {
            html.Append("<tr>");
            foreach (var cell in row)
                html.Append(CultureInfo.InvariantCulture, $"<td>{Text(cell)}</td>");
            html.Append("</tr>\n");
        }

        html.Append("</tbody></table>\n");
    }

    /// <summary>The whole.</summary>
    public string Close() => html.Append("</main></body>\n</html>\n").ToString();

    private static string Text(string text) => Encoder.Encode(text);
}
