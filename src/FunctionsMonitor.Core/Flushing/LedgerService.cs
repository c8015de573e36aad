using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.Flushing;

/// <summary>Draws up the books. It lists first and queries then: a segment that is flushed in between is in both and counted once.</summary>
public sealed class LedgerService(ISegmentStore segments, MetricsReader reader, TimeProvider time)
{
    /// <summary>Headers read at most to explain what is missing; they are only read when something is.</summary>
    private const int MaxHeadersRead = 1000;

    /// <exception cref="MetricsStoreUnavailableException">Half of the books cannot be read.</exception>
    public async ValueTask<LedgerReport> ComputeAsync(CancellationToken cancellationToken)
    {
        var report = await ComputeOnceAsync(readHeaders: false, cancellationToken).ConfigureAwait(false);

        // What is missing is believed when a second look misses it too. A segment written after the listing may have a successor that was
        // flushed before the query; and which numbers were abandoned is only known from the headers while those segments still wait.
        return report.Balanced ? report : await ComputeOnceAsync(readHeaders: true, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<LedgerReport> ComputeOnceAsync(bool readHeaders, CancellationToken cancellationToken)
    {
        var accounts = new Dictionary<Guid, LedgerAccount>();
        LedgerAccount AccountOf(Guid incarnation)
        {
            if (!accounts.TryGetValue(incarnation, out var account))
                accounts[incarnation] = account = new LedgerAccount(incarnation);
            return account;
        }

        var headersRead = 0;
        // The oldest headers explain most: what was flushed has no older successor.
        var entries = readHeaders ? segments.ListAsync(cancellationToken) : segments.ScanAsync(cancellationToken);
        await foreach (var entry in entries.ConfigureAwait(false))
        {
            if (entry.Name is not { } name)
                continue;

            AccountOf(name.Incarnation).AddPending(name);
            if (readHeaders && headersRead++ < MaxHeadersRead && await ReadHeaderAsync(entry, cancellationToken).ConfigureAwait(false) is { } header)
                AccountOf(name.Incarnation).AddAbandoned(header.Abandoned);
        }

        await foreach (var entry in segments.ListQuarantineAsync(cancellationToken).ConfigureAwait(false))
        {
            if (entry.Name is { } name)
                AccountOf(name.Incarnation).AddQuarantined(name);
        }

        var abandoned = accounts.SelectMany(account => account.Value.Abandoned, (account, number) => new SegmentNumber(account.Key, number)).ToList();
        foreach (var record in await reader.ReadLedgerAsync(abandoned, cancellationToken).ConfigureAwait(false))
            AccountOf(record.Incarnation).Add(record);

        return new LedgerReport([.. accounts.Values.Select(account => account.Close()).OrderBy(account => account.Incarnation)], time.GetUtcNow());
    }

    private async ValueTask<SegmentHeader?> ReadHeaderAsync(SegmentEntry entry, CancellationToken cancellationToken)
    {
        if (await segments.ReadAsync(entry.FileName, cancellationToken).ConfigureAwait(false) is not { } bytes)
            return null;

        try
        {
            return SegmentCodec.Decode(bytes, entry.Name).Header;
        }
        catch (SegmentFormatException)
        {
            // The flush will quarantine it and say so; here it only cannot explain anything.
            return null;
        }
    }
}
