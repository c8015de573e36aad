using System.Reflection;

namespace FunctionsMonitor.TestSupport.Flows;

/// <summary>Finds suites that a store is not put through.</summary>
public static class FlowContracts
{
    /// <summary>The suites of which a test assembly has no class.</summary>
    public static IEnumerable<string> Missing(Assembly tests) =>
        from suite in typeof(FlowContract).Assembly.GetTypes()
        where suite.IsAbstract && suite.IsSubclassOf(typeof(FlowContract)) && !tests.GetExportedTypes().Any(test => !test.IsAbstract && test.IsSubclassOf(suite))
        select suite.Name;
}
