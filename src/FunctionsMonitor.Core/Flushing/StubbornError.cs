using FunctionsMonitor.Resilience;

namespace FunctionsMonitor.Flushing;

/// <summary>
/// Remembers the error of writes that flush after flush ends at. An error that is on no list says nothing of whose fault it is; one that comes again
/// and again, while the store answers everything else, is the batch's.
/// </summary>
internal sealed class StubbornError
{
    /// <summary>Flushes that must end at the same error before it is believed: a store in trouble is to be left alone and not asked in pieces.</summary>
    public const int Flushes = 3;

    private string? error;
    private int flushes;

    public bool Is(Exception exception) => flushes >= Flushes && error == ErrorSummary.Of(exception);

    /// <summary>A flush ended at this.</summary>
    public void Note(Exception exception)
    {
        var summary = ErrorSummary.Of(exception);
        flushes = summary == error ? flushes + 1 : 1;
        error = summary;
    }

    /// <summary>A flush wrote everything.</summary>
    public void Forget() => (error, flushes) = (null, 0);
}
