namespace FunctionsMonitor.TestSupport.Flushing;

/// <summary>Says which implementation a class of contract tests is about. An attribute may name what is internal; a public class's base may not.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ContractOfAttribute(Type implementation) : Attribute
{
    public Type Implementation { get; } = implementation;

    /// <summary>What the running test class is about.</summary>
    public static Type Of(object test) =>
        test.GetType().GetCustomAttributes(typeof(ContractOfAttribute), inherit: false).Cast<ContractOfAttribute>().Single().Implementation;
}
