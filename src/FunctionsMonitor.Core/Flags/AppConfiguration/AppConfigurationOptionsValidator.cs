using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Flags.AppConfiguration;

internal sealed class AppConfigurationOptionsValidator : IValidateOptions<AppConfigurationOptions>
{
    public static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(1);
    private const int MaxName = 256;
    private static readonly char[] FilterCharacters = ['*', ',', '\\'];

    public ValidateOptionsResult Validate(string? name, AppConfigurationOptions options) => new OptionFaults(AppConfigurationOptions.Section)
        .Must(options.ConnectionString is null != options.Endpoint is null, nameof(options.ConnectionString), $"or {nameof(options.Endpoint)} must be set, and not both")
        .Must(
            options.ConnectionString is null || AppConfigurationConnectionString.EndpointOf(options.ConnectionString) is { } address && IsSafe(address),
            nameof(options.ConnectionString), "is not an App Configuration store's connection string (Endpoint, Id and Secret; https)")
        .Must(options.Endpoint is null or { IsAbsoluteUri: true, Scheme: "https" }, nameof(options.Endpoint), "must be an absolute https address")
        .Must(options.ClientId is null || options.Endpoint is not null, nameof(options.ClientId), $"needs {nameof(options.Endpoint)}")
        .Must(
            options.Label is null || (IsName(options.Label) && options.Label.IndexOfAny(FilterCharacters) < 0),
            nameof(options.Label), $"must be 1 to {MaxName} characters without control characters, *, comma or backslash")
        .Must(IsName(options.TargetingUser), nameof(options.TargetingUser), $"must be 1 to {MaxName} characters without control characters")
        .Between(nameof(options.Timeout), options.Timeout, MinTimeout, MaxTimeout)
        .Between(nameof(options.MaxWait), options.MaxWait, TimeSpan.Zero, MaxTimeout)
        .ToResult();

    /// <summary>Requests are signed and settings are no secrets, but an emulator is the only reason to do without TLS.</summary>
    private static bool IsSafe(Uri address) => address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);

    private static bool IsName(string? text) => text is { Length: >= 1 and <= MaxName } && !text.Any(char.IsControl);
}
