namespace FunctionsMonitor.Http.Endpoints;

/// <summary>One answer that an endpoint can give.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The type of its JSON; null when it has no body, or one that has no type of its own.</param>
/// <param name="Description">When it is given.</param>
/// <param name="ContentType">Of the body.</param>
public sealed record EndpointResponse(int Status, Type? Body, string Description, string ContentType = "application/json");
