using System.Collections;
using FunctionsMonitor.LoadTest.Bodies;
using FunctionsMonitor.LoadTest.Engine;

namespace FunctionsMonitor.LoadTest.Soak;

/// <summary>
/// Knows what was promised for each event of a run, three bits an event, and judges what is stored: what was acknowledged is there once, what was sent
/// and never answered at most once, and nothing else at all.
/// </summary>
/// <param name="prefix">What the ids of the run begin with.</param>
internal sealed class SoakOracle(string prefix) : IAnswers
{
    private const int MaxNamed = 20;
    private readonly BitArray owed = new(0), allowed = new(0), stored = new(0);
    private readonly List<string> faults = [];
    private long faultCount;

    public long Owed { get; private set; }

    /// <summary>Sent, and nobody can tell.</summary>
    public long Unknown { get; private set; }

    public long Stored { get; private set; }

    public void Note(long first, int count, RequestOutcome outcome)
    {
        Grow((int)(first + count));
        for (var number = (int)first; number < first + count; number++)
        {
            owed[number] = outcome == RequestOutcome.Acknowledged;
            // A refusal says that nothing was kept, but for 503 outcome_unknown.
            allowed[number] = true;
        }

        if (outcome == RequestOutcome.Acknowledged)
            Owed += count;
        else
            Unknown += count;
    }

    /// <summary>One event that is stored.</summary>
    public void Found(ReadOnlySpan<byte> id)
    {
        Stored++;
        if (!EventNumber.TryRead(id, prefix, out var number) || number >= allowed.Length || !allowed[(int)number])
            Fault($"{System.Text.Encoding.UTF8.GetString(id)} is stored, and was never sent.");
        else if (stored[(int)number])
            Fault($"Event {number} is stored twice.");
        else
            stored[(int)number] = true;
    }

    /// <summary>After everything that is stored was named.</summary>
    /// <returns>What is wrong, the first twenty of them; empty if nothing is.</returns>
    public IReadOnlyList<string> Judge()
    {
        for (var number = 0; number < owed.Length; number++)
        {
            if (owed[number] && !stored[number])
                Fault($"Event {number} was acknowledged, and is not stored.");
        }

        return faultCount > faults.Count ? [.. faults, $"… {faultCount} in all."] : faults;
    }

    private void Fault(string text)
    {
        if (++faultCount <= MaxNamed)
            faults.Add(text);
    }

    private void Grow(int length)
    {
        if (length <= owed.Length)
            return;

        var grown = Math.Max(length, owed.Length * 2);
        owed.Length = allowed.Length = stored.Length = grown;
    }
}
