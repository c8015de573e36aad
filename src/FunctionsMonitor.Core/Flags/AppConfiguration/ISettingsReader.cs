namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>
/// All that is asked of an App Configuration client, so that everything that is decided is decided here and tested without one. It does not
/// retry: the pipeline does, and knows of the breaker.
/// </summary>
public interface ISettingsReader
{
    /// <summary>Lists settings, all pages of them.</summary>
    /// <param name="query">Which.</param>
    /// <param name="knownTags">The ETags of the pages that the caller has: page n is only sent if it is not number n of these. Empty: send all.</param>
    /// <param name="cancellationToken">To be heeded: an attempt has a bound.</param>
    /// <exception cref="SettingsReadException">No answer, or one that is no listing. Any other exception counts as no answer.</exception>
    ValueTask<IReadOnlyList<SettingsPage>> ListAsync(SettingsQuery query, IReadOnlyList<string> knownTags, CancellationToken cancellationToken);
}
