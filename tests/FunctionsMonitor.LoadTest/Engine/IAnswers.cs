namespace FunctionsMonitor.LoadTest.Engine;

/// <summary>Is told what became of each request.</summary>
internal interface IAnswers
{
    /// <param name="first">The number of the request's first event.</param>
    /// <param name="count">Its events.</param>
    /// <param name="outcome">Of the whole request.</param>
    void Note(long first, int count, RequestOutcome outcome);
}
