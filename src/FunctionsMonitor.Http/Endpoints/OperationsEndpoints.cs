using FunctionsMonitor.Http.Binding;
using FunctionsMonitor.Http.Json;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Http.Responses;
using FunctionsMonitor.Operations;
using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Http.Endpoints;

/// <summary>The operator log.</summary>
public sealed class OperationsEndpoints(IOperationLog log)
{
    private static readonly TimeSpan RetrySoon = TimeSpan.FromSeconds(5);

    /// <summary><c>GET /operations</c>.</summary>
    public async Task<IResult> ListAsync(HttpContext context)
    {
        var query = new QueryReader(context, QueryParameters.OfOperations);
        var limit = query.Integer(QueryParameters.Limit, QueryParameters.DefaultLimit);
        var before = PageCursors.ReadOperation(query.Text(QueryParameters.Cursor));
        var found = await ReadAsync(before, limit + 1, context.RequestAborted).ConfigureAwait(false);
        return Answer.Json(
            found.ToPage(limit, OperationResponse.Of, last => PageCursors.OfOperation(last.Id)), HttpJson.Wire.OperationPage);
    }

    private async Task<IReadOnlyList<OperationEntry>> ReadAsync(Guid? before, int limit, CancellationToken cancellationToken)
    {
        try
        {
            return await log.ListAsync(before, limit, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The log has no exception of its own: whatever kept it from answering is the store it lives in.
            throw new ProblemException(
                Problem.Of(ProblemTypes.StateStoreUnavailable, $"The operator log did not answer: {exception.Message}") with { RetryAfter = RetrySoon },
                exception);
        }
    }
}
