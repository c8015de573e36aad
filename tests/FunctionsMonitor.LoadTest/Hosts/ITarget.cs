using System.Net;
using FunctionsMonitor.LoadTest.Bodies;

namespace FunctionsMonitor.LoadTest.Hosts;

/// <summary>A server under load, as a process of its own. Disposing it ends it and takes its data away.</summary>
internal interface ITarget : IAsyncDisposable
{
    IPEndPoint Address { get; }

    /// <summary>The processes that do its work: itself first, and a database that it waits for.</summary>
    IReadOnlyList<int> ProcessIds { get; }

    /// <summary>What to send it.</summary>
    /// <param name="format">Heeded by those that take several.</param>
    /// <param name="events">In one request.</param>
    /// <param name="withInvalid">Every tenth event is invalid.</param>
    EventRequests Requests(BodyFormat format, int events, bool withInvalid);
}
