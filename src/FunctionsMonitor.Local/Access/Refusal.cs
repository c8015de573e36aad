using FunctionsMonitor.Http.Problems;

namespace FunctionsMonitor.Local.Access;

/// <summary>Why a request goes no further.</summary>
/// <param name="Type">The kind of problem it is answered with.</param>
/// <param name="Detail">What the caller can do about it.</param>
internal sealed record Refusal(ProblemType Type, string Detail)
{
    /// <summary>Without keys: the <c>Host</c> header is not of this machine.</summary>
    public static ProblemType HostNotAllowed { get; } =
        new("host-not-allowed", StatusCodes.Status421MisdirectedRequest, "This host does not answer to that name.");

    /// <summary>Without keys: a page of another origin wants a change.</summary>
    public static ProblemType OriginNotAllowed { get; } =
        new("origin-not-allowed", StatusCodes.Status403Forbidden, "Another origin may not change anything here.");
}
