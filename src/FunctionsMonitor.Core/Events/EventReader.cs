using System.Buffers;
using System.IO.Pipelines;
using FunctionsMonitor.Idempotency;

namespace FunctionsMonitor.Events;

/// <summary>
/// Reads the events of a body as they arrive: what is complete is taken in and let go, so that no body is ever held as a whole tree.
/// Anything that is not the JSON its format asks for refuses the whole body; a well-formed item that cannot be an event is rejected by index.
/// </summary>
internal static class EventReader
{
    /// <param name="body">Decompressed.</param>
    /// <param name="format">How it carries its events.</param>
    /// <param name="limits">What it may carry.</param>
    /// <param name="intake">Takes the events.</param>
    /// <param name="cancellationToken">The caller has left.</param>
    /// <param name="hash">Is shown every byte once, where somebody wants to know the body again.</param>
    /// <exception cref="EventBodyException">The body is not what it says it is, or over a limit.</exception>
    public static async ValueTask ReadAsync(
        PipeReader body, EventFormat format, IngestOptions limits, EventIntake intake, CancellationToken cancellationToken, BodyHash? hash = null)
    {
        EventScanner scanner = format == EventFormat.NdJson ? new NdJsonScanner(limits, intake) : new JsonScanner(limits, intake, format);
        var minimum = 1;
        while (true)
        {
            var result = await body.ReadAtLeastAsync(minimum, cancellationToken).ConfigureAwait(false);
            if (result.IsCanceled)
                throw new OperationCanceledException(cancellationToken);

            var buffer = result.Buffer;
            int consumed;
            try
            {
                if (scanner.Offset + buffer.Length > limits.MaxBodyBytes)
                    throw TooLarge(limits);

                consumed = Scan(scanner, buffer, result.IsCompleted);
                hash?.Append(buffer.Slice(0, consumed));
            }
            catch
            {
                // A read must be ended before the rest can be drained: else Kestrel cuts the connection, and with it the sender's next request.
                body.AdvanceTo(buffer.End);
                throw;
            }

            body.AdvanceTo(buffer.GetPosition(consumed), buffer.End);
            if (result.IsCompleted)
                return;

            // An item that is not complete is looked at again only when twice as much of it has come: linear work for any chopping.
            minimum = (int)Math.Max(1, (buffer.Length - consumed) * 2);
        }
    }

    public static EventBodyException TooLarge(IngestOptions limits) =>
        new(EventBodyFault.TooLarge, $"The body has more than {limits.MaxBodyBytes} bytes.");

    private static int Scan(EventScanner scanner, ReadOnlySequence<byte> buffer, bool isLast)
    {
        if (buffer.IsSingleSegment)
            return scanner.Scan(buffer.First, isLast);

        var length = (int)buffer.Length;
        var contiguous = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            buffer.CopyTo(contiguous);
            return scanner.Scan(contiguous.AsMemory(0, length), isLast);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(contiguous);
        }
    }
}
