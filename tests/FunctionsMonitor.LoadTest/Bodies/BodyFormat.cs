namespace FunctionsMonitor.LoadTest.Bodies;

/// <summary>How a request carries its events.</summary>
internal enum BodyFormat
{
    /// <summary>One object, of one event.</summary>
    Json,

    /// <summary>An array of objects.</summary>
    JsonArray,

    /// <summary>An object a line.</summary>
    NdJson,

    /// <summary>The same facts as InfluxDB takes them, a line an event; VictoriaMetrics takes them too.</summary>
    LineProtocol,
}
