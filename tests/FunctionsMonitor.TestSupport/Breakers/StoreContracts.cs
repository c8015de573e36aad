using System.Reflection;
using DurableCircuitBreaker;

namespace FunctionsMonitor.TestSupport.Breakers;

/// <summary>Finds stores that nobody holds to the contract.</summary>
public static class StoreContracts
{
    /// <summary>The stores of an assembly for which a test assembly has no <see cref="BreakerStateStoreContract{TStore}"/>.</summary>
    public static IEnumerable<Type> Untested(Assembly stores, Assembly tests)
    {
        var tested = tests.GetExportedTypes().Where(type => !type.IsAbstract).Select(StoreOf).ToHashSet();
        return stores.GetTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(IBreakerStateStore)) && !tested.Contains(type));
    }

    private static Type? StoreOf(Type test)
    {
        for (var type = test.BaseType; type is not null; type = type.BaseType)
        {
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(BreakerStateStoreContract<>))
                return type.GenericTypeArguments[0];
        }

        return null;
    }
}
