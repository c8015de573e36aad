using System.Text;
using FunctionsMonitor.Flags.AppConfiguration;

namespace FunctionsMonitor.Tests.Flags.AppConfiguration;

public sealed class SettingsPageBodyTests
{
    [Fact]
    public void Settings_are_taken_as_they_were_sent()
    {
        const string body =
            """
            { "items": [
                { "etag": "e1", "key": ".appconfig.featureflag/MONITORING_DUAL_MODE", "label": null, "content_type": "application/vnd.microsoft.appconfig.ff+json;charset=utf-8",
                  "value": "{ \"id\" :\"x\",  \"other\": 1.0 }", "tags": {}, "locked": false, "last_modified": "2026-11-24T12:00:00+00:00" },
                { "etag": "e2", "key": "FunctionsMonitor:MONITORING_BATCH_SIZE", "label": "prod", "content_type": null, "value": null },
                { "key": "FunctionsMonitor:MONITORING_BATCH_SIZE", "label": "" } ],
              "@nextLink": "/kv?after=x" }
            """;
        Assert.Equal(
            [
                new(".appconfig.featureflag/MONITORING_DUAL_MODE", null, "{ \"id\" :\"x\",  \"other\": 1.0 }", "application/vnd.microsoft.appconfig.ff+json;charset=utf-8", "e1"),
                new("FunctionsMonitor:MONITORING_BATCH_SIZE", "prod", null, null, "e2"),
                new("FunctionsMonitor:MONITORING_BATCH_SIZE", null, null, null, null),
            ],
            SettingsPageBody.Parse(Encoding.UTF8.GetBytes(body)));
    }

    [Fact]
    public void A_list_may_be_empty() => Assert.Empty(SettingsPageBody.Parse("""{"items":[]}"""u8.ToArray()));

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"items":{}}""")]
    [InlineData("""{"items":[1]}""")]
    [InlineData("""{"items":[{}]}""")]
    [InlineData("""{"items":[{"key":null}]}""")]
    [InlineData("""{"items":[{"key":"a","value":1}]}""")]
    public void What_is_no_list_of_settings_is_no_answer(string body)
    {
        var exception = Assert.Throws<SettingsReadException>(() => SettingsPageBody.Parse(Encoding.UTF8.GetBytes(body)));
        Assert.Equal((SettingsReadFault.Unavailable, "an answer that is no list of settings"), (exception.Fault, exception.Message));
    }
}
