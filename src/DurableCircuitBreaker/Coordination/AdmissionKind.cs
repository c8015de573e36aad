namespace DurableCircuitBreaker.Coordination;

internal enum AdmissionKind
{
    Pass,
    SharedProbe,
    LocalProbe,
    Reject,
    Isolated,
}
