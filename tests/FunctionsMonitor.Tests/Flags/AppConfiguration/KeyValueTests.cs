using FunctionsMonitor.Flags.AppConfiguration;

namespace FunctionsMonitor.Tests.Flags.AppConfiguration;

public sealed class KeyValueTests
{
    [Theory]
    [InlineData("500", null, "500")]
    [InlineData("500", "", "500")]
    [InlineData("500", "text/plain", "500")]
    [InlineData("\"dual\"", "text/plain", "\"dual\"")]
    [InlineData("x", "no content type at all", "x")]
    [InlineData("500", "application/json", "500")]
    [InlineData("\"dual\"", "application/json;charset=utf-8", "dual")]
    [InlineData("true", "application/vnd.ours+json", "true")]
    [InlineData("null", "application/json", null)]
    [InlineData(null, null, null)]
    public void A_key_value_is_its_text_or_what_its_JSON_says(string? value, string? contentType, string? text)
    {
        var reading = KeyValue.Read(new("FunctionsMonitor:MONITORING_BATCH_SIZE", null, value, contentType, "v1"));
        Assert.Equal((text, null), (reading.Text, reading.Refusal));
    }

    [Theory]
    [InlineData("{\"uri\":\"https://vault/secrets/x\"}", "application/vnd.microsoft.appconfig.keyvaultref+json;charset=utf-8", "content type is 'application/vnd.microsoft.appconfig.keyvaultref+json'")]
    [InlineData("{\"id\":\"x\"}", "application/vnd.microsoft.appconfig.ff+json", "content type is")]
    [InlineData("[1]", "application/json", "a JSON text, number, true or false is expected")]
    [InlineData("dual", "application/json", "the content type says JSON")]
    public void A_reference_a_structure_and_broken_JSON_are_refused(string value, string contentType, string reason)
    {
        var reading = KeyValue.Read(new("FunctionsMonitor:MONITORING_BATCH_SIZE", null, value, contentType, "v1"));
        Assert.Null(reading.Text);
        Assert.Contains(reason, reading.Refusal, StringComparison.Ordinal);
    }
}
