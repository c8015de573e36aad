namespace FunctionsMonitor.HostContract;

/// <summary>Who routes and checks keys before a request comes to the endpoints.</summary>
public enum HostKind
{
    /// <summary>The local host: it does both itself.</summary>
    Local,

    /// <summary>The Functions host, of Azure or <c>func start</c>: what no function has and who lacks a key is answered by it, in its own way.</summary>
    Functions,
}
