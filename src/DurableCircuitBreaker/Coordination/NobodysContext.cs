namespace DurableCircuitBreaker.Coordination;

/// <summary>
/// Starts what belongs to no call, although a call comes to start it: in that call's context it would see its ambient values, be a part of its trace,
/// and keep both alive for as long as it runs. Not to let the context flow is not enough: the first step is made within it.
/// </summary>
internal static class NobodysContext
{
    private static readonly ExecutionContext Empty = Capture();

    public static void Run(Action start) => ExecutionContext.Run(Empty, static start => ((Action)start!)(), start);

    /// <summary>There is no name for it: a thread begins with it when it is given no other.</summary>
    private static ExecutionContext Capture()
    {
        ExecutionContext? captured = null;
        var thread = new Thread(() => captured = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return captured!;
    }
}
