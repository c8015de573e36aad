namespace FunctionsMonitor.Http.Endpoints;

/// <summary>A query parameter.</summary>
/// <param name="Name">As it stands in the query.</param>
/// <param name="Type"><c>string</c>, <c>integer</c> or <c>boolean</c>, in the words of JSON Schema.</param>
/// <param name="Description">For people.</param>
public sealed record EndpointParameter(string Name, string Type, string Description)
{
    /// <summary>The format in the words of JSON Schema, like <c>date-time</c>.</summary>
    public string? Format { get; init; }

    /// <summary>Of an integer, the smallest value.</summary>
    public int Minimum { get; init; }

    /// <summary>Of an integer, the largest value.</summary>
    public int Maximum { get; init; }

    /// <summary>What is taken when it is not given, in words.</summary>
    public string? Default { get; init; }

    /// <summary>All values, where they are few.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>Of a text, in characters.</summary>
    public int MaxLength { get; init; } = 256;
}
