namespace DurableCircuitBreaker.Coordination;

/// <summary>The answer to a call that wants in.</summary>
internal readonly record struct Admission
{
    public AdmissionKind Kind { get; private init; }

    /// <summary>The epoch that the call's result belongs to; for a local probe, its number.</summary>
    public long Epoch { get; private init; }

    /// <summary>Of a rejection: after what time to ask again. Of a shared probe: how long its token lives.</summary>
    public TimeSpan Time { get; private init; }

    /// <summary>Of a rejection: what its caller reads. Taken from the view that rejected it, for a later one may say nothing.</summary>
    public string Rejection { get; private init; }

    /// <summary>How long this call may still wait for the store.</summary>
    public TimeSpan Patience { get; init; }

    public static Admission Pass(long epoch) => new() { Kind = AdmissionKind.Pass, Epoch = epoch };

    public static Admission SharedProbe(long epoch, TimeSpan lifetime) => new() { Kind = AdmissionKind.SharedProbe, Epoch = epoch, Time = lifetime };

    public static Admission LocalProbe(long id, TimeSpan lifetime) => new() { Kind = AdmissionKind.LocalProbe, Epoch = id, Time = lifetime };

    public static Admission Reject(TimeSpan retryAfter, string rejection) => new() { Kind = AdmissionKind.Reject, Time = retryAfter, Rejection = rejection };

    public static Admission Isolated(string rejection) => new() { Kind = AdmissionKind.Isolated, Rejection = rejection };
}
