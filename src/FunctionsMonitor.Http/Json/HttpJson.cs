using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FunctionsMonitor.Http.Bodies;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Http.Responses;
using FunctionsMonitor.Http.Streaming;

namespace FunctionsMonitor.Http.Json;

/// <summary>How everything that goes over the wire is written. What is null is left out, unless its type says otherwise.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimestampConverter)])]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(IngestResponse))]
[JsonSerializable(typeof(Page<EventResponse>), TypeInfoPropertyName = "EventPage")]
[JsonSerializable(typeof(ValidationResponse))]
[JsonSerializable(typeof(AdapterResponse))]
[JsonSerializable(typeof(ResilienceResponse))]
[JsonSerializable(typeof(LedgerResponse))]
[JsonSerializable(typeof(FlushResponse))]
[JsonSerializable(typeof(FlushesResponse))]
[JsonSerializable(typeof(FlagsStatusResponse))]
[JsonSerializable(typeof(HealthResponse))]
[JsonSerializable(typeof(LivenessResponse))]
[JsonSerializable(typeof(FlagsHealthResponse))]
[JsonSerializable(typeof(StatusResponse))]
[JsonSerializable(typeof(SummaryResponse))]
[JsonSerializable(typeof(DeadLettersResponse))]
[JsonSerializable(typeof(DeadLetterResponse))]
[JsonSerializable(typeof(ReplayRequest))]
[JsonSerializable(typeof(ReplayResponse))]
[JsonSerializable(typeof(ReplayReportResponse))]
[JsonSerializable(typeof(ReplayProgressResponse))]
[JsonSerializable(typeof(ReplayStatusResponse))]
[JsonSerializable(typeof(PipelineResponse))]
[JsonSerializable(typeof(Page<OperationResponse>), TypeInfoPropertyName = "OperationPage")]
[JsonSerializable(typeof(FeedNotice))]
[JsonSerializable(typeof(DroppedNotice))]
[JsonSerializable(typeof(ResumedNotice))]
[JsonSerializable(typeof(EndNotice))]
[JsonSerializable(typeof(string))]
public sealed partial class HttpJson : JsonSerializerContext
{
    /// <summary>
    /// As <see cref="Default"/>, but with text as it is and not as \uXXXX: answers are JSON with nosniff and never part of a page.
    /// </summary>
    public static HttpJson Wire => Relaxed.Instance;

    /// <summary>A class of its own, so that it is made after <see cref="Default"/> whatever the order of the parts of this one.</summary>
    private static class Relaxed
    {
        public static HttpJson Instance { get; } =
            new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
