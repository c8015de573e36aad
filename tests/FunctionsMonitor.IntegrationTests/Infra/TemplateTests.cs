using System.Text.RegularExpressions;
using FunctionsMonitor.Flags;
using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.IntegrationTests.Support;

namespace FunctionsMonitor.IntegrationTests.Infra;

/// <summary>What <c>infra-bicep/</c> makes: that it builds, that no key opens anything, and that the settings are those the app reads.</summary>
public sealed partial class TemplateTests(BuiltTemplate template) : IClassFixture<BuiltTemplate>
{
    private const string Grants = "Microsoft.Authorization/roleAssignments";

    /// <summary>Settings that the Functions host reads itself.</summary>
    private static readonly string[] OfTheHost =
    [
        "AzureWebJobsStorage__accountName", "AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId", "AzureWebJobsDisableHomepage",
        "APPLICATIONINSIGHTS_CONNECTION_STRING", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    ];

    public static TheoryData<string> Files { get; } = [.. Bicep.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_file_builds_without_a_warning(string file)
    {
        var (exitCode, _, errors) = await Bicep.RunAsync(file.EndsWith("param", StringComparison.Ordinal) ? "build-params" : "build", file, "--stdout");

        Assert.Equal("", errors.Trim());
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task The_linter_has_nothing_to_say()
    {
        var (exitCode, output, errors) = await Bicep.RunAsync("lint", "main.bicep");

        Assert.Equal("", (output + errors).Trim());
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public void No_module_comes_from_a_registry() => Assert.All(
        Directory.EnumerateFiles(Bicep.Folder, "*.bicep", SearchOption.AllDirectories),
        file => Assert.DoesNotMatch(@"'(br|ts)[:/]", File.ReadAllText(file)));

    [Fact]
    public void Storage_is_opened_by_identities_only_and_over_TLS()
    {
        var account = template.Properties("Microsoft.Storage/storageAccounts");

        Assert.False(account.GetProperty("allowSharedKeyAccess").GetBoolean());
        Assert.False(account.GetProperty("allowBlobPublicAccess").GetBoolean());
        Assert.True(account.GetProperty("supportsHttpsTrafficOnly").GetBoolean());
        Assert.Equal("TLS1_2", account.GetProperty("minimumTlsVersion").GetString());
    }

    [Fact]
    public void No_store_takes_a_key_or_a_password()
    {
        Assert.True(template.Properties("Microsoft.AppConfiguration/configurationStores").GetProperty("disableLocalAuth").GetBoolean());
        Assert.True(template.Properties("Microsoft.Insights/components").GetProperty("DisableLocalAuth").GetBoolean());
        Assert.True(template.Properties("Microsoft.OperationalInsights/workspaces").GetProperty("features").GetProperty("disableLocalAuth").GetBoolean());
        var sign = template.Properties("Microsoft.DBforPostgreSQL/flexibleServers").GetProperty("authConfig");
        Assert.Equal("Enabled", sign.GetProperty("activeDirectoryAuth").GetString());
        Assert.Equal("Disabled", sign.GetProperty("passwordAuth").GetString());
    }

    [Fact]
    public void The_app_takes_https_only_and_no_deployment_by_password()
    {
        var app = template.Properties("Microsoft.Web/sites");

        Assert.True(app.GetProperty("httpsOnly").GetBoolean());
        Assert.Equal("1.2", app.GetProperty("siteConfig").GetProperty("minTlsVersion").GetString());
        var policies = template.All("Microsoft.Web/sites/basicPublishingCredentialsPolicies");
        Assert.Equal(2, policies.Count);
        Assert.All(policies, policy => Assert.False(policy.GetProperty("properties").GetProperty("allow").GetBoolean()));
    }

    [Fact]
    public void The_app_runs_dotnet_isolated_on_Flex_Consumption()
    {
        var runtime = template.Properties("Microsoft.Web/sites").GetProperty("functionAppConfig").GetProperty("runtime");

        Assert.Equal(("dotnet-isolated", "10.0"), (runtime.GetProperty("name").GetString(), runtime.GetProperty("version").GetString()));
        Assert.Equal("FC1", Assert.Single(template.All("Microsoft.Web/serverfarms")).GetProperty("sku").GetProperty("name").GetString());
    }

    [Fact]
    public void Every_grant_is_in_one_file() => Assert.Equal(["grants"], template.ModulesWith(Grants));

    [Fact]
    public void Every_setting_of_the_app_is_one_that_the_host_or_the_app_reads()
    {
        var page = File.ReadAllText(Path.Combine(BuildFacts.RepositoryPath, "docs", "configuration.md"));
        var settings = template.Properties("Microsoft.Web/sites/config").EnumerateObject().Select(one => one.Name).ToList();

        Assert.All(settings.Except(OfTheHost), name => Assert.Contains($"`{name.Replace("__", ":")}`", page, StringComparison.Ordinal));
        Assert.All(OfTheHost, name => Assert.Contains(name, settings));
    }

    [Fact]
    public void No_flag_is_an_app_setting_where_it_would_win_over_App_Configuration()
    {
        Assert.DoesNotContain("MONITORING_", template.Properties("Microsoft.Web/sites/config").GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "MONITORING_", File.ReadAllText(Path.Combine(BuildFacts.RepositoryPath, "local.settings.sample.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_core_flags_are_made_with_their_defaults()
    {
        var flags = template.Module("flags");
        var switches = BuiltTemplate.Variable(flags, "switches").EnumerateArray()
            .Select(one => $"{one.GetProperty("id")} {(one.GetProperty("enabled").GetBoolean() ? "true" : "false")}");
        var values = BuiltTemplate.Variable(flags, "values").EnumerateArray().Select(one => $"{one.GetProperty("key")} {one.GetProperty("value")}");

        Assert.Equal(
            FlagSchema.All.Take(8).Select(flag => $"{flag.Name} {flag.DefaultText}").Order(StringComparer.Ordinal),
            switches.Concat(values).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ingest", EndpointAccess.Ingest)]
    [InlineData("read", EndpointAccess.Read)]
    [InlineData("operate", EndpointAccess.Operate)]
    public void The_keys_are_given_to_the_functions_of_their_role(string key, EndpointAccess access)
    {
        var script = File.ReadAllText(Path.Combine(Bicep.Folder, "hooks", "keys.sh"));
        var given = Regex.Match(script, $"^{key}=\"([^\"]*)\"", RegexOptions.Multiline).Groups[1].Value
            .Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(
            EndpointCatalog.All.Where(one => one.Access == access).Select(one => one.Name).Order(StringComparer.Ordinal), given.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_alert_reads_a_metric_that_is_documented_and_says_where_to_look()
    {
        var page = File.ReadAllText(Path.Combine(BuildFacts.RepositoryPath, "docs", "operations.md"));
        var rules = BuiltTemplate.Variable(template.Module("alerts"), "rules").EnumerateArray().ToList();

        Assert.Equal(
            ["breaker-open", "buffer-age", "dead-letters", "flush-overdue", "ledger-out-of-balance"],
            rules.Select(rule => rule.GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(rules, rule => Assert.Contains(
            $"`{MetricName().Match(rule.GetProperty("query").GetString()!).Groups[1].Value}`", page, StringComparison.Ordinal));
        Assert.All(rules, rule => Assert.Matches(@"See GET /", rule.GetProperty("description").GetString()));
    }

    [GeneratedRegex("Name == \"([a-z_.]+)\"")]
    private static partial Regex MetricName();
}
