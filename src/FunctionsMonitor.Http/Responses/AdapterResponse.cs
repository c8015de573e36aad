namespace FunctionsMonitor.Http.Responses;

/// <summary>The live adapters of the instance that answers.</summary>
/// <param name="Instance">Who answers; another instance may answer otherwise.</param>
/// <param name="Since">Since when it runs.</param>
/// <param name="UseAdapter">What <c>MONITORING_USE_ADAPTER</c> says.</param>
/// <param name="AdapterType">What <c>MONITORING_ADAPTER_TYPE</c> says.</param>
/// <param name="DualMode">What <c>MONITORING_DUAL_MODE</c> says.</param>
/// <param name="Running">The adapters that run, by name.</param>
public sealed record AdapterResponse(
    string Instance, DateTimeOffset Since, bool UseAdapter, string AdapterType, bool DualMode, IReadOnlyList<string> Running);
