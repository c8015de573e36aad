namespace FunctionsMonitor.LoadTest.Engine;

/// <summary>One kind of request, made again and again: whole bytes of HTTP/1.1, in which little is changed from one to the next.</summary>
internal interface IRequests
{
    /// <summary>How many events each one carries.</summary>
    int Events { get; }

    /// <summary>What the body of a successful answer begins with; empty if that does not matter.</summary>
    ReadOnlyMemory<byte> Expected { get; }

    /// <summary>A request for one connection to send, over and over.</summary>
    byte[] NewBuffer();

    /// <summary>Makes the next request out of it, whose events are like no others'.</summary>
    /// <returns>The number of its first event; the others follow.</returns>
    long Prepare(byte[] buffer);
}
