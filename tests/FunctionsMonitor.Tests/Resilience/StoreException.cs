using FunctionsMonitor.Resilience;

namespace FunctionsMonitor.Tests.Resilience;

/// <summary>An error that has classified itself, as the stores' errors do.</summary>
internal sealed class StoreException(ErrorKind kind, string message = "refused") : Exception(message)
{
    public ErrorKind Kind => kind;

    public static bool IsTransient(Exception exception) => exception is StoreException { Kind: ErrorKind.Transient };
}
