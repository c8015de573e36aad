namespace FunctionsMonitor.Local.Demo;

/// <summary>One request of sample traffic.</summary>
/// <param name="ContentType">As the body is.</param>
/// <param name="Body">UTF-8.</param>
/// <param name="Events">How many events it has, all counted.</param>
/// <param name="Invalid">How many of them validation must find fault with.</param>
/// <param name="Duplicates">How many of them were sent before, with the same id and time.</param>
internal sealed record DemoRequest(string ContentType, byte[] Body, int Events, int Invalid, int Duplicates);
