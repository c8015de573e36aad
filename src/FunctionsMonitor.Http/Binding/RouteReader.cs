using System.Globalization;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Http.Problems;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Binding;

/// <summary>Reads the parts of a path.</summary>
internal static class RouteReader
{
    public static string Text(HttpContext context, string name) =>
        Convert.ToString(context.Request.RouteValues[name], CultureInfo.InvariantCulture) ?? "";

    public static DeadLetterId DeadLetterId(HttpContext context)
    {
        var text = Text(context, "id");
        return DeadLetters.DeadLetterId.TryParse(text, out var id)
            ? id
            : throw ProblemException.InvalidParameter(
                "id", $"'id' must be a dead letter's id, a segment's id and a number with a hyphen between, not '{QueryReader.Shorten(text)}'.");
    }
}
