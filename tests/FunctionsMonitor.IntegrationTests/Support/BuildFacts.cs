using System.Reflection;

namespace FunctionsMonitor.IntegrationTests.Support;

/// <summary>Paths that the build knows.</summary>
internal static class BuildFacts
{
    /// <summary>The other process of tests that need one.</summary>
    public static string BreakerChildPath { get; } = Path.GetFullPath(Metadata(nameof(BreakerChildPath)));

    /// <summary>The Bicep compiler, where this system has one.</summary>
    public static string BicepPath { get; } = Metadata(nameof(BicepPath));

    /// <summary>The root of the repository.</summary>
    public static string RepositoryPath { get; } = Path.GetFullPath(Metadata(nameof(RepositoryPath)));

    private static string Metadata(string key) => typeof(BuildFacts).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(attribute => attribute.Key == key).Value!;
}
