namespace FunctionsMonitor.Idempotency;

/// <summary>What this process did with idempotency keys since it started.</summary>
/// <param name="Created">Requests whose key was new.</param>
/// <param name="Replayed">Requests that got the answer of an earlier one.</param>
/// <param name="Resumed">Requests whose key was known and had no answer: the work was done again, with the same identities.</param>
/// <param name="Reused">Requests refused because their key stands for another body.</param>
/// <param name="InProgress">Requests refused because another one with their key came in at the same moment.</param>
/// <param name="StoreFailures">Requests refused because the store did not answer.</param>
/// <param name="AnswersNotKept">Requests answered whose answer the store did not take: a repeat does the work again.</param>
public sealed record IdempotencyFigures(
    long Created, long Replayed, long Resumed, long Reused, long InProgress, long StoreFailures, long AnswersNotKept);
