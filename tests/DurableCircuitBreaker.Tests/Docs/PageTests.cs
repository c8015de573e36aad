using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using DurableCircuitBreaker.Protocol;
using DurableCircuitBreaker.Stores;

namespace DurableCircuitBreaker.Tests.Docs;

/// <summary>What the package's README and its page say is what the code does.</summary>
public sealed partial class PageTests
{
    private static readonly string Page = Read("docs/durable-circuit-breaker.md");

    [Fact]
    public void The_readmes_example_is_the_one_that_is_compiled()
    {
        var readme = CSharp().Match(Read("src/DurableCircuitBreaker/README.md")).Groups[1].Value;
        var compiled = Example().Match(Read("tests/DurableCircuitBreaker.Tests/Docs/ReadmeExample.cs")).Groups[1].Value;
        var lines = compiled.Split('\n').Select(line => line.Length > 8 ? line[8..] : line.Trim());
        Assert.Equal(readme.Trim().Split('\n').Select(line => line.Replace("\"state\"", "folder", StringComparison.Ordinal)), string.Join('\n', lines).Trim().Split('\n'));
        Assert.InRange(readme.Trim().Split('\n').Length, 10, 25);
    }

    [Fact]
    public void The_table_of_defaults_has_every_option_with_its_default()
    {
        var rows = Rows("Options").ToDictionary(cells => cells[0].Trim('`'), cells => cells[1]);
        var options = new DurableCircuitBreakerStrategyOptions();
        var expected = typeof(DurableCircuitBreakerStrategyOptions).GetProperties()
            .Where(property => property.GetCustomAttribute<System.ComponentModel.EditorBrowsableAttribute>() is null)
            .ToDictionary(property => property.Name, property => (property.Name, property.GetValue(options)) switch
            {
                (nameof(options.BreakerName) or nameof(options.Store), _) => "required",
                (nameof(options.HostId), _) => "`WEBSITE_INSTANCE_ID`, else the machine's name",
                (nameof(options.InstanceId), _) => "process id and a random part",
                (nameof(options.ShouldHandle), _) => "every exception but `OperationCanceledException`",
                (_, null) => "none",
                (_, TimeSpan span) => Words(span),
                (_, string text) => $"`{text}`",
                (_, bool value) => value ? "yes" : "no",
                (_, var value) => string.Create(CultureInfo.InvariantCulture, $"{value}"),
            });
        Assert.Equal(expected.OrderBy(pair => pair.Key), rows.OrderBy(pair => pair.Key));
    }

    [Fact]
    public void The_table_of_telemetry_has_every_event()
    {
        var names = typeof(BreakerTelemetry).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);
        Assert.Equal(names.Order(), Rows("Telemetry").Select(cells => cells[0].Trim('`')).Order());
    }

    [Fact]
    public void Every_test_that_the_page_names_is_there()
    {
        var named = TestName().Matches(Page).Select(match => match.Groups[1].Value).Distinct().ToList();
        var tests = typeof(PageTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null).Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet();
        Assert.InRange(named.Count, 20, 100);
        Assert.All(named, name => Assert.Contains(name, tests));
    }

    [Fact]
    public void The_page_names_the_bounds_that_hold()
    {
        Assert.Contains($"last {BreakerLimits.MaxTransitions} transitions", Page, StringComparison.Ordinal);
        Assert.Contains($"{BreakerNames.MaxStoreLength} characters", Page, StringComparison.Ordinal);
    }

    private static string Words(TimeSpan span) => span switch
    {
        _ when span >= TimeSpan.FromMinutes(2) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes} min"),
        _ when span >= TimeSpan.FromSeconds(1) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds} ms"),
    };

    /// <summary>The rows of the table under a heading.</summary>
    private static IEnumerable<string[]> Rows(string heading)
    {
        var section = Page.Split($"\n## {heading}\n")[1].Split("\n## ")[0];
        return section.Split('\n').Where(line => line.StartsWith('|')).Skip(2).Select(line => line.Trim().Trim('|').Split('|').Select(cell => cell.Trim()).ToArray());
    }

    private static string Read(string path)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Directory.Packages.props")))
            root = root.Parent!;
        return File.ReadAllText(Path.Combine(root.FullName, path)).ReplaceLineEndings("\n");
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharp();

    [GeneratedRegex("// <readme>\n(.*?) *// </readme>", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"`(\w+Tests?\.\w+)`")]
    private static partial Regex TestName();
}
