namespace FunctionsMonitor.Benchmarks.Startup;

/// <summary>The rival: an ASP.NET Core app that does nothing but answer. Its source is written to a folder outside the repository, whose settings it must not have.</summary>
internal static class EmptyApp
{
    public const string Name = "Empty";

    /// <summary>With our host's settings where they change what a start costs, so that it is the program that differs.</summary>
    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk.Web">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <InvariantGlobalization>true</InvariantGlobalization>
          </PropertyGroup>
        </Project>
        """;

    /// <param name="folder">Where its source goes.</param>
    /// <param name="builder">Of <c>WebApplication</c>: <c>CreateSlimBuilder</c> or <c>CreateBuilder</c>.</param>
    /// <returns>The project's file.</returns>
    public static string Write(string folder, string builder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "Program.cs"), $"""
            var app = WebApplication.{builder}(args).Build();
            app.MapGet("{ColdStart.LivePath}", () => "alive");
            app.Run();
            """);
        var project = Path.Combine(folder, Name + ".csproj");
        File.WriteAllText(project, Project);
        return project;
    }
}
