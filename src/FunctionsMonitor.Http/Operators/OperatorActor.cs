using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Operators;

/// <summary>Who does what the operator log has, as far as a host can know.</summary>
public static class OperatorActor
{
    /// <summary>Where a host leaves the name in <see cref="HttpContext.Items"/>.</summary>
    public const string Item = "functionsmonitor.actor";

    /// <summary>What App Service sets to <c>True</c> where its authentication is in front of the app.</summary>
    public const string AuthenticationVariable = "WEBSITE_AUTH_ENABLED";

    /// <summary>The host left no name.</summary>
    public const string Unknown = "anonymous";

    private const string FunctionKey = "function-key";
    private const string PrincipalHeader = "X-MS-CLIENT-PRINCIPAL-NAME";
    private const int MaxLength = 100;

    /// <summary>
    /// On Azure Functions. The host has checked the function's key and keeps to itself which one it was. Where App Service authentication is in
    /// front, it names the user, and takes the header away from whoever sends it himself; anywhere else the header is anybody's word.
    /// </summary>
    /// <param name="headers">Of the request.</param>
    /// <param name="authentication">The value of <see cref="AuthenticationVariable"/>.</param>
    public static string OfFunction(IHeaderDictionary headers, string? authentication)
    {
        var name = string.Equals(authentication, "true", StringComparison.OrdinalIgnoreCase) ? headers[PrincipalHeader].ToString() : "";
        return name.Length == 0 ? FunctionKey : name[..Math.Min(name.Length, MaxLength)];
    }
}
