using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;

namespace FunctionsMonitor.Http.Telemetry;

/// <summary>
/// Who signs in to Application Insights, in the words that Azure Functions has for it: <c>Authorization=AAD</c>, and <c>ClientId=…</c> for a
/// user-assigned identity.
/// </summary>
internal static class TelemetryCredential
{
    public const string Setting = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";

    /// <returns>Null when the connection string alone is to open the door.</returns>
    /// <exception cref="InvalidOperationException">The setting says something else.</exception>
    public static TokenCredential? Find(IConfiguration configuration)
    {
        if (configuration[Setting] is not { Length: > 0 } text)
            return null;

        var parts = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2, StringSplitOptions.TrimEntries))
            .ToLookup(pair => pair[0], pair => pair.Length == 2 ? pair[1] : "", StringComparer.OrdinalIgnoreCase);
        if (!parts["Authorization"].Contains("AAD", StringComparer.OrdinalIgnoreCase))
            throw new InvalidOperationException($"{Setting} must be 'Authorization=AAD', with ';ClientId=…' for a user-assigned identity.");

        return new ManagedIdentityCredential(
            parts["ClientId"].FirstOrDefault() is { Length: > 0 } client ? ManagedIdentityId.FromUserAssignedClientId(client) : ManagedIdentityId.SystemAssigned);
    }
}
