namespace FunctionsMonitor.Idempotency;

/// <summary>An answer as it was given, to be given again.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">At most 100 characters.</param>
/// <param name="Body">Byte for byte; at most <see cref="MaxBodyBytes"/>.</param>
public sealed record IdempotencyAnswer(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>What one binary property of an Azure table holds: a larger answer is not kept.</summary>
    public const int MaxBodyBytes = 64 * 1024;
}
