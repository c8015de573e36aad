using Microsoft.Extensions.Logging;

namespace FunctionsMonitor.Flags;

/// <summary>The one reader of flags. <see cref="Current"/> is swapped as a whole; readers never wait.</summary>
public sealed class FlagManager : IDisposable
{
    private const string OverrideSource = "override";
    private readonly IReadOnlyList<IFlagSource> sources;
    private readonly TimeProvider time;
    private readonly ILogger<FlagManager> logger;
    private readonly FlagResolver resolver = new();
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Dictionary<string, string> overrides = [];
    private readonly FlagSourceAnswer?[] answers;
    private readonly string?[] failures;
    private HashSet<string> reported = [];
    private volatile FlagSnapshot current;

    public FlagManager(IEnumerable<IFlagSource> sources, TimeProvider time, ILogger<FlagManager> logger)
    {
        this.sources = [.. sources];
        this.time = time;
        this.logger = logger;
        answers = new FlagSourceAnswer?[this.sources.Count];
        failures = new string?[this.sources.Count];
        current = new FlagResolver().Resolve([], []);
    }

    public FlagSnapshot Current => current;

    /// <summary>Asks every source and swaps the snapshot. A source that fails keeps its last answer, and the failure shows in health.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (var i = 0; i < sources.Count; i++)
                await ReadAsync(i, cancellationToken).ConfigureAwait(false);
            Swap();
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Sets a flag in this process, above every source, until it is reset. For tests.</summary>
    public void Set<T>(FlagDefinition<T> flag, T value) where T : notnull
    {
        if (!flag.IsValid(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, $"{flag.Name} cannot have this value.");
        Change(() => overrides[flag.Name] = FlagDefinition.Format(value));
    }

    public void Reset(FlagDefinition flag) => Change(() => overrides.Remove(flag.Name));

    public void ResetAll() => Change(overrides.Clear);

    public void Dispose() => gate.Dispose();

    private void Change(Action change)
    {
        gate.Wait();
        try
        {
            change();
            Swap();
        }
        finally
        {
            gate.Release();
        }
    }

    private async ValueTask ReadAsync(int index, CancellationToken cancellationToken)
    {
        try
        {
            answers[index] = await sources[index].ReadAsync(cancellationToken).ConfigureAwait(false);
            failures[index] = null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            failures[index] = answers[index] is { } kept
                ? $"{sources[index].Name} does not answer ({exception.Message}); its answer of {kept.AnsweredAt:O} is used."
                : $"{sources[index].Name} does not answer ({exception.Message}) and never has.";
        }
    }

    private void Swap()
    {
        IEnumerable<(string, FlagSourceAnswer?)> said = sources.Select((source, i) => (source.Name, answers[i]));
        if (overrides.Count > 0)
            said = said.Prepend((OverrideSource, new FlagSourceAnswer(new Dictionary<string, string>(overrides), time.GetUtcNow())));

        var next = resolver.Resolve([.. said], failures.OfType<string>());
        foreach (var problem in next.Problems.Where(problem => !reported.Contains(problem)))
            Log.FlagProblem(logger, problem);
        reported = [.. next.Problems];
        current = next;
    }
}
