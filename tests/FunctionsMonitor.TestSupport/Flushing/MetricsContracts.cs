using System.Reflection;
using FunctionsMonitor.DeadLetters;
using FunctionsMonitor.Flushing;

namespace FunctionsMonitor.TestSupport.Flushing;

/// <summary>Finds implementations that nobody holds to their contract.</summary>
public static class MetricsContracts
{
    private static readonly Dictionary<Type, Type> Contracts = new()
    {
        [typeof(IMetricsStore)] = typeof(MetricsStoreContract),
        [typeof(IMetricsQueries)] = typeof(MetricsQueriesContract),
        [typeof(IDeadLetterStore)] = typeof(DeadLetterStoreContract),
        [typeof(IWritePath)] = typeof(WritePathContract),
    };

    /// <summary>What an assembly has in one namespace and below, and for which a test assembly has no contract.</summary>
    public static IEnumerable<string> Untested(Assembly stores, string ofNamespace, Assembly tests) =>
        from contract in Contracts
        let tested = tests.GetExportedTypes().Where(type => !type.IsAbstract).Select(type => SubjectOf(type, contract.Value)).ToHashSet()
        from type in stores.GetTypes()
        where type is { IsAbstract: false, IsInterface: false } && type.IsAssignableTo(contract.Key)
            && (type.Namespace == ofNamespace || type.Namespace!.StartsWith(ofNamespace + ".", StringComparison.Ordinal)) && !tested.Contains(type)
        select $"{type.Name} as {contract.Key.Name}";

    /// <summary>Implementations outside of these namespaces: a store of another technology that no test project looks after.</summary>
    public static IEnumerable<Type> Elsewhere(Assembly stores, params string[] namespaces) =>
        stores.GetTypes().Where(type => type is { IsAbstract: false, IsInterface: false } && Contracts.Keys.Any(type.IsAssignableTo) && !namespaces.Contains(type.Namespace));

    private static Type? SubjectOf(Type test, Type contract) =>
        test.IsSubclassOf(contract) ? test.GetCustomAttribute<ContractOfAttribute>()?.Implementation : null;
}
