namespace FunctionsMonitor.Http.Problems;

/// <summary>A kind of problem: what it is called, for programs and for people, and the status it is answered with.</summary>
/// <param name="Code">Stable and in kebab-case; the last part of <see cref="Uri"/>.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">The same for every occurrence.</param>
public sealed record ProblemType(string Code, int Status, string Title)
{
    public const string UriPrefix = "urn:functionsmonitor:problem:";

    /// <summary>The <c>type</c> member of RFC 9457. A name and no address: it never stops resolving, because it never did.</summary>
    public string Uri { get; } = UriPrefix + Code;
}
