using System.Diagnostics.CodeAnalysis;
using System.Net.Mime;

namespace FunctionsMonitor.Flags.AppConfiguration;

internal static class ContentTypes
{
    public const string FeatureFlag = "application/vnd.microsoft.appconfig.ff+json";

    /// <summary>The media type of a content type, without its parameters.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out string? mediaType)
    {
        mediaType = null;
        if (string.IsNullOrWhiteSpace(text))
            return false;
        try
        {
            mediaType = new ContentType(text).MediaType;
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
