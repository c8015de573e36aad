namespace FunctionsMonitor.Http.Problems;

/// <summary>Ends a request with a problem. For what a client did; what went wrong here has its own exceptions.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem { get; } = problem;

    public static ProblemException InvalidParameter(string field, string detail) =>
        new(Problem.Of(ProblemTypes.InvalidParameter, detail) with { Field = field });
}
