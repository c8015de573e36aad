using System.Reflection;

namespace FunctionsMonitor.TestSupport;

/// <summary>Finds implementations that nobody holds to their contract.</summary>
public static class ContractCoverage
{
    /// <summary>
    /// The implementations of <paramref name="promise"/> in one assembly for which the other has no test class that derives from
    /// <paramref name="contract"/> and begins with the implementation's name. (Implementations are internal and test classes are not, so the
    /// implementation cannot be a type argument of the contract.)
    /// </summary>
    public static IReadOnlyList<string> Untested(Type promise, Type contract, Assembly implementations, Assembly tests)
    {
        var tested = tests.GetExportedTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(contract)).Select(type => type.Name).ToList();
        return
        [
            .. implementations.GetTypes()
                .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(promise)
                    && !tested.Exists(name => name.StartsWith(type.Name, StringComparison.Ordinal)))
                .Select(type => type.FullName!)
                .Order(StringComparer.Ordinal)
        ];
    }
}
