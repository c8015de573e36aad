namespace FunctionsMonitor.TestSupport.Flushing;

/// <summary>What is tried on every implementation of the queries.</summary>
public static class QueryCases
{
    /// <summary>Type, source, from, to, cursor: each there or not.</summary>
    public static TheoryData<bool, bool, bool, bool, bool> Filters()
    {
        var data = new TheoryData<bool, bool, bool, bool, bool>();
        for (var bits = 0; bits < 32; bits++)
            data.Add((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0);
        return data;
    }
}
