namespace FunctionsMonitor.HostContract;

/// <summary>How a request shows the key of its endpoint, where there are keys.</summary>
public enum KeyUse
{
    /// <summary>In the header, where one is needed.</summary>
    Header,

    /// <summary>In the address, as <c>code</c>.</summary>
    Address,

    /// <summary>Not at all.</summary>
    None,

    /// <summary>One that is nobody's.</summary>
    Wrong,
}
