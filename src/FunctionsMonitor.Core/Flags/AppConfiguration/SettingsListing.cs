namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>One query and the pages of its last answer, so that asking again costs a conditional request a page while nothing changes. Not thread-safe.</summary>
internal sealed class SettingsListing(ISettingsReader reader, SettingsQuery query)
{
    private IReadOnlyList<SettingsPage> pages = [];

    /// <summary>All settings of the query, as they are now.</summary>
    /// <exception cref="SettingsReadException">They could not be had; the next call asks with what was known before.</exception>
    public async ValueTask<IReadOnlyList<RemoteSetting>> ReadAsync(CancellationToken cancellationToken)
    {
        // A page without a tag cannot be asked for by condition, and the conditions go by the pages' order.
        var tags = pages.TakeWhile(page => page.Tag is not null).Select(page => page.Tag!).ToList();
        var answer = await reader.ListAsync(query, tags, cancellationToken).ConfigureAwait(false);
        if (answer.Count != pages.Count || answer.Any(page => page.Settings is not null))
        {
            // When one page changed, settings may have moved from one to another: none that was kept goes together with one that is new.
            if (answer.Any(page => page.Settings is null))
                answer = await reader.ListAsync(query, [], cancellationToken).ConfigureAwait(false);
            if (answer.Any(page => page.Settings is null))
                throw new SettingsReadException(SettingsReadFault.Unavailable, "a page that was asked for without a condition was not sent");
            pages = answer;
        }

        return [.. pages.SelectMany(page => page.Settings!)];
    }
}
