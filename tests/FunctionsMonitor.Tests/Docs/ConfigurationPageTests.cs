using System.Globalization;
using System.Reflection;
using FunctionsMonitor.Events;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Flags.AppConfiguration;
using FunctionsMonitor.Flushing;
using FunctionsMonitor.Http;
using FunctionsMonitor.Local.Startup;
using FunctionsMonitor.Resilience;
using FunctionsMonitor.Storage.Azure;
using FunctionsMonitor.Storage.Postgres;
using FunctionsMonitor.Storage.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Tests.Docs;

/// <summary><c>docs/configuration.md</c> against the options classes and <see cref="FlagSchema"/>.</summary>
public sealed class ConfigurationPageTests
{
    private static readonly string Page = Repository.Read("docs/configuration.md");
    private static readonly List<string[]> Table = [.. Repository.Rows(Page)];

    /// <summary>Of the Functions app, whose project this one does not know.</summary>
    private const string FlushSchedule = "MetricsFlushSchedule";

    private static readonly Dictionary<string, (Type Options, PropertyInfo Property)> Options =
        (from assembly in (Assembly[])[typeof(IngestOptions).Assembly, typeof(SqliteOptions).Assembly, typeof(Routes).Assembly, typeof(DataFolder).Assembly]
         from type in assembly.GetTypes()
         let section = type == typeof(ResiliencePipelineSettings)
             ? $"{ResiliencePipelineSettings.SectionName}:{ResiliencePipelineSettings.DefaultSectionName}"
             : type.Name.EndsWith("Options", StringComparison.Ordinal) ? type.GetField("Section")?.GetRawConstantValue() as string : null
         where section is not null
         from property in type.GetProperties()
         where property.CanWrite && property.Name != nameof(ResiliencePipelineSettings.AttemptTimeout)
         select KeyValuePair.Create($"{section}:{property.Name}", (type, property))).ToDictionary();

    public static TheoryData<string> Bounded { get; } =
        [.. Table.Where(row => Options.ContainsKey(row[0].Trim('`')) && Repository.Code(row[2]).Count > 0).Select(row => row[0].Trim('`'))];

    [Fact]
    public void Every_setting_is_listed_with_its_true_default_and_no_other()
    {
        var known = Options.ToDictionary(option => option.Key, option => Write(option.Value.Property.GetValue(New(option.Value.Options))));
        known[DataFolder.Setting] = DataFolder.Default;
        known[LocalSettings.UrlsVariable] = ListenAddress.Default;
        known[FlushSchedule] = "none";
        var settings = Table.Where(row => row.Length == 4).ToDictionary(row => row[0].Trim('`'), row => row[1].Trim('`'));

        Assert.Equal(Lines(known), Lines(settings));
    }

    [Theory]
    [MemberData(nameof(Bounded))]
    public void The_bounds_of_a_setting_are_the_last_values_that_are_accepted(string setting)
    {
        var (type, property) = Options[setting];
        var cell = Table.Single(row => row[0] == $"`{setting}`")[2];
        var bounds = Repository.Code(cell).Select(text => Parse(property.PropertyType, text)).ToList();

        Assert.True(IsValid(type, property, bounds[0]), $"{bounds[0]} is refused");
        Assert.False(IsValid(type, property, Next(bounds[0], -1)), $"less than {bounds[0]} is accepted");
        Assert.Equal(bounds.Count == 1, cell.StartsWith("at least ", StringComparison.Ordinal));
        if (bounds.Count == 1)
        {
            Assert.True(IsValid(type, property, property.PropertyType == typeof(long) ? long.MaxValue : int.MaxValue), "there is an upper bound");
            return;
        }

        Assert.True(IsValid(type, property, bounds[1]), $"{bounds[1]} is refused");
        Assert.False(IsValid(type, property, Next(bounds[1], 1)), $"more than {bounds[1]} is accepted");
    }

    [Fact]
    public void Every_number_and_duration_has_bounds() => Assert.Equal(
        Options.Where(option => option.Value.Property.PropertyType.IsValueType && option.Value.Property.PropertyType != typeof(bool)).Select(option => option.Key)
            .Order(StringComparer.Ordinal),
        Bounded.Select(row => row.Data).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_flag_is_listed_with_its_type_and_default_and_no_other()
    {
        var listed = Table.Where(row => row.Length == 5).Select(row => $"{row[0].Trim('`')} {row[1]} {row[2].Trim('`')}");

        Assert.Equal(FlagSchema.All.Select(flag => $"{flag.Name} {flag.Type.ToString().ToLowerInvariant()} {flag.DefaultText}"), listed);
        Assert.All(FlagSchema.Rules, rule => Assert.Contains($"`{rule.Name}`", Page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_pipelines_and_the_window_of_the_flush_are_named()
    {
        await using var monitor = new TestMonitor();
        var settings = monitor.Get<IOptionsMonitor<ResiliencePipelineSettings>>();
        _ = monitor.Get<StorePipelines>();

        Assert.All(monitor.Get<PipelineRegistry>().List(), pipeline => Assert.Contains($"`Resilience:{pipeline.Name}`", Page, StringComparison.Ordinal));
        Assert.Contains($"For `metrics-store` the window is `{Write(settings.Get("metrics-store").SamplingDuration)}`", Page, StringComparison.Ordinal);
        var none = new ConfigurationBuilder().Build();
        await using var flags = new ServiceCollection().AddSingleton<IConfiguration>(none).AddAppConfigurationFlags(none).BuildServiceProvider();
        var named = flags.GetRequiredService<IOptionsMonitor<ResiliencePipelineSettings>>().Get(AppConfigurationServiceCollectionExtensions.PipelineName);
        Assert.Contains($"`Resilience:{AppConfigurationServiceCollectionExtensions.PipelineName}`", Page, StringComparison.Ordinal);
        Assert.Equal(settings.Get("metrics-store").SamplingDuration, named.SamplingDuration);
        Assert.Contains($"the total timeout is `{Write(named.TotalTimeout)}`", Page, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Lines(Dictionary<string, string> pairs) =>
        pairs.Select(pair => $"{pair.Key} = {pair.Value}").Order(StringComparer.Ordinal);

    private static object New(Type type) => Activator.CreateInstance(type)!;

    private static string Write(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "true" : "false",
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static object Parse(Type type, string text) => type == typeof(TimeSpan)
        ? TimeSpan.ParseExact(text, "c", CultureInfo.InvariantCulture)
        : Convert.ChangeType(text, type, CultureInfo.InvariantCulture);

    /// <summary>The value beside it.</summary>
    private static object Next(object value, int step) => value switch
    {
        TimeSpan span => span + TimeSpan.FromTicks(step),
        long number => number + step,
        _ => (int)value + step,
    };

    private static bool IsValid(Type type, PropertyInfo property, object value)
    {
        var options = New(type);
        if (options is ResiliencePipelineSettings settings)
        {
            // They bound each other; here each is looked at alone.
            settings.RetryDelay = TimeSpan.Zero;
            settings.MaxRetryDelay = ResiliencePipelineSettings.MaxDelay;
        }

        // One of the two ways in is needed, whatever else is asked.
        if (options is AzureAccountOptions account)
            account.ConnectionString = "UseDevelopmentStorage=true";
        if (options is AppConfigurationOptions flags)
            flags.Endpoint = new Uri("https://flags.azconfig.io");
        if (options is PostgresOptions postgres)
            postgres.ConnectionString = "Host=localhost";

        property.SetValue(options, value);
        var validator = New(type.Assembly.GetType($"{type.FullName}Validator", throwOnError: true)!);
        var result = (ValidateOptionsResult)validator.GetType().GetMethod("Validate")!.Invoke(validator, [null, options])!;
        return result.Succeeded;
    }
}
