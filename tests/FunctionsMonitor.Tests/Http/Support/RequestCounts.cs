using Microsoft.AspNetCore.Http;

namespace FunctionsMonitor.Tests.Http.Support;

/// <summary>How many requests a monitor has begun and ended with.</summary>
internal sealed class RequestCounts
{
    private int begun;
    private int ended;

    public int Begun => Volatile.Read(ref begun);

    public int Ended => Volatile.Read(ref ended);

    public async Task CountAsync(HttpContext context, RequestDelegate next)
    {
        Interlocked.Increment(ref begun);
        try
        {
            await next(context);
        }
        finally
        {
            Interlocked.Increment(ref ended);
        }
    }
}
