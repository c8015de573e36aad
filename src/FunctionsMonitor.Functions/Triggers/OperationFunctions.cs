using FunctionsMonitor.Functions.Http;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsMonitor.Functions.Triggers;

/// <summary>The operator log.</summary>
public sealed class OperationFunctions(OperationsEndpoints endpoints)
{
    [Function("ListOperations")]
    public Task ListOperations(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = Routes.Operations)] HttpRequest request, CancellationToken cancellationToken) =>
        HttpFunction.RunAsync(request.HttpContext, endpoints.ListAsync, cancellationToken);
}
