namespace FunctionsMonitor.Tests.Http.Support;

/// <summary>Waits, bounded, for what a request that nobody waits for any more brings about.</summary>
internal static class Eventually
{
    private const int MaxLooks = 3000;

    public static async Task TrueAsync(Func<Task<bool>> look)
    {
        for (var i = 0; i < MaxLooks; i++)
        {
            if (await look())
                return;
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Fail("It never came about.");
    }
}
