using System.Text;
using FunctionsMonitor.Local.Configuration;
using FunctionsMonitor.Local.Startup;

namespace FunctionsMonitor.Tests.Local;

public sealed class LocalSettingsFileTests
{
    [Fact]
    public void Values_are_variables_and_connection_strings_too()
    {
        var file = Parse("""
            {
              "IsEncrypted": false,
              // Core Tools allow comments
              "Values": { "FUNCTIONS_WORKER_RUNTIME": "dotnet-isolated", "Keys:Ingest": "a", "Flush__TransactionEvents": 5, "On": true },
              "ConnectionStrings": { "Postgres": "Host=db", "Other": { "ConnectionString": "x", "ProviderName": "y" } },
              "Host": { "LocalHttpPort": 7072 },
            }
            """);

        Assert.Equal(
            ["ConnectionStrings__Other=x", "ConnectionStrings__Postgres=Host=db", "FUNCTIONS_WORKER_RUNTIME=dotnet-isolated",
                "Flush__TransactionEvents=5", "Keys__Ingest=a", "On=true"],
            file.Variables.Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_byte_order_mark_is_no_obstacle() => Assert.Equal("b", Parse("\uFEFF{\"Values\":{\"a\":\"b\"}}").Variables["A"]);

    [Fact]
    public void No_file_is_no_variables() =>
        Assert.Empty(LocalSettingsFile.Read(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"))).Variables);

    [Fact]
    public void A_variable_the_process_has_wins()
    {
        var (taken, free) = ($"FM_TEST_{Guid.NewGuid():N}", $"FM_TEST_{Guid.NewGuid():N}");
        Environment.SetEnvironmentVariable(taken, "process");
        try
        {
            Parse($$"""{"Values": { "{{taken}}": "file", "{{free}}": "file" } }""").ExportToEnvironment();

            Assert.Equal("process", Environment.GetEnvironmentVariable(taken));
            Assert.Equal("file", Environment.GetEnvironmentVariable(free));
        }
        finally
        {
            Environment.SetEnvironmentVariable(taken, null);
            Environment.SetEnvironmentVariable(free, null);
        }
    }

    [Theory]
    [InlineData("[]", "local.settings.json must be a JSON object.")]
    [InlineData("""{"IsEncrypted":true}""", "local.settings.json is encrypted; run 'func settings decrypt' first.")]
    [InlineData("""{"Values":[]}""", "Values in local.settings.json must be an object.")]
    [InlineData("""{"Values":{"Keys":{"Ingest":"x"}}}""", "Values:Keys in local.settings.json must be a string.")]
    [InlineData("""{"ConnectionStrings":{"Postgres":null}}""", "ConnectionStrings:Postgres in local.settings.json must be a string.")]
    public void What_cannot_be_used_is_named(string content, string message) =>
        Assert.Equal(message, Assert.Throws<StartException>(() => Parse(content)).Message);

    [Fact]
    public void What_is_not_JSON_is_said_with_its_line()
    {
        var message = Assert.Throws<StartException>(() => Parse("{\n\"Values\": nothing}")).Message;

        Assert.StartsWith("local.settings.json is not JSON:", message, StringComparison.Ordinal);
        Assert.Contains("LineNumber: 1", message, StringComparison.Ordinal);
    }

    private static LocalSettingsFile Parse(string content) => LocalSettingsFile.Parse(Encoding.UTF8.GetBytes(content));
}
