using FunctionsMonitor.Idempotency;

namespace FunctionsMonitor.Http.Responses;

/// <summary>What this instance did with idempotency keys since it started.</summary>
/// <param name="Created">Requests whose key was new.</param>
/// <param name="Replayed">Requests that got the answer of an earlier one.</param>
/// <param name="Resumed">Requests whose key was known without an answer: done again, with the same identities.</param>
/// <param name="Reused">Refused: the key stands for another body.</param>
/// <param name="InProgress">Refused: another request with the key came in at the same moment.</param>
/// <param name="StoreFailures">Refused: the store of the keys did not answer.</param>
/// <param name="AnswersNotKept">Answered, but a repeat will do the work again.</param>
public sealed record IdempotencyResponse(
    long Created, long Replayed, long Resumed, long Reused, long InProgress, long StoreFailures, long AnswersNotKept)
{
    public static IdempotencyResponse Of(IdempotencyFigures figures) => new(
        figures.Created, figures.Replayed, figures.Resumed, figures.Reused, figures.InProgress, figures.StoreFailures, figures.AnswersNotKept);
}
