namespace FunctionsMonitor.Http.Problems;

/// <summary>Ends a request with a problem.</summary>
internal sealed class ProblemException(Problem problem, Exception? innerException = null) : Exception(problem.Detail, innerException)
{
    public Problem Problem { get; } = problem;

    public static ProblemException InvalidParameter(string field, string detail) =>
        new(Problem.Of(ProblemTypes.InvalidParameter, detail) with { Field = field });
}
