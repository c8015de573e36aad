using System.Globalization;

namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>A listing could not be had.</summary>
/// <param name="fault">What to make of it.</param>
/// <param name="message">Short and the same every time, for it is shown and logged when it changes. Never a secret.</param>
/// <param name="retryAfter">When to come back, if that was told.</param>
/// <param name="inner">What happened.</param>
public sealed class SettingsReadException(SettingsReadFault fault, string message, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception(message, inner)
{
    public SettingsReadFault Fault { get; } = fault;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>What an HTTP answer means that is no success.</summary>
    /// <param name="status">Its status; 0 when there was no answer.</param>
    /// <param name="code">The service's own code for it, if any.</param>
    /// <param name="retryAfter">Its Retry-After.</param>
    /// <param name="inner">What the client made of it.</param>
    public static SettingsReadException OfStatus(int status, string? code, TimeSpan? retryAfter, Exception? inner) => new(
        status switch
        {
            429 => SettingsReadFault.Throttled,
            0 or 408 or >= 500 => SettingsReadFault.Unavailable,
            _ => SettingsReadFault.Refused,
        },
        status == 0 ? "no answer" : code is null ? $"status {status}" : $"status {status} {code}",
        retryAfter, inner);

    /// <summary>When to come back, as the headers say; the finer one if there are both. A date is not believed: two clocks would have to agree.</summary>
    /// <param name="milliseconds"><c>retry-after-ms</c>.</param>
    /// <param name="seconds"><c>Retry-After</c>.</param>
    public static TimeSpan? RetryAfterOf(string? milliseconds, string? seconds) =>
        uint.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var fine) ? TimeSpan.FromMilliseconds(fine)
        : uint.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var coarse) ? TimeSpan.FromSeconds(coarse)
        : null;
}
