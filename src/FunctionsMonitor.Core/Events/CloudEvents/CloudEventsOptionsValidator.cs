using System.Buffers;
using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Events.CloudEvents;

internal sealed class CloudEventsOptionsValidator : IValidateOptions<CloudEventsOptions>
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:");

    public ValidateOptionsResult Validate(string? name, CloudEventsOptions options) => new OptionFaults(CloudEventsOptions.Section)
        // They go into a header as they stand here.
        .Must(options.Origins.All(IsName), nameof(options.AllowedOrigins), "must be DNS names separated by commas, or *")
        .Between(nameof(options.AllowedRate), options.AllowedRate, 0, CloudEventsOptions.MaxAllowedRate)
        .ToResult();

    private static bool IsName(string origin) => origin == CloudEventsOptions.AnyOrigin || !origin.AsSpan().ContainsAnyExcept(NameCharacters);
}
