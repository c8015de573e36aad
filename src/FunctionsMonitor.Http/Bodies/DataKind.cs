namespace FunctionsMonitor.Http.Bodies;

/// <summary>What the data of a CloudEvent in binary mode is, by its content type.</summary>
internal enum DataKind
{
    Bytes,
    Text,
    Json,
}
