using System.Collections.Concurrent;

namespace FunctionsMonitor.Tests.Http.Support;

/// <summary>What the endpoints have answered in one test.</summary>
internal sealed class AnswerLog
{
    private static readonly ConcurrentDictionary<string, AnswerLog> OfTests = [];
    private readonly ConcurrentDictionary<(string Endpoint, int Status), bool> answers = [];

    public static AnswerLog? OfCurrentTest() => TestContext.Current.Test is { } test ? Of(test.UniqueID) : null;

    public static AnswerLog Of(string test) => OfTests.GetOrAdd(test, _ => new AnswerLog());

    public void Note(string endpoint, int status) => answers[(endpoint, status)] = true;

    public bool Has(string endpoint, int status) => answers.ContainsKey((endpoint, status));
}
