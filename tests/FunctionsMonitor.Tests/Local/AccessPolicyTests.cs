using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Problems;
using FunctionsMonitor.Local.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Tests.Local;

public sealed class AccessPolicyTests
{
    private const string IngestKey = "ingest-key-0123456789";
    private const string ReadKey = "read-key-0123456789";
    private const string OperateKey = "operate-key-0123456789";
    private const string Elsewhere = "monitor.example:7071";
    private const string Here = "localhost:7071";

    [Theory]
    [InlineData(null, "Anonymous")]
    [InlineData("wrong-key-0123456789", "Anonymous")]
    [InlineData("", "Anonymous")]
    [InlineData(IngestKey, "Anonymous Ingest")]
    [InlineData(ReadKey, "Anonymous Read")]
    [InlineData(OperateKey, "Anonymous Read Operate")]
    [InlineData(IngestKey + " ", "Anonymous")]
    [InlineData("INGEST-KEY-0123456789", "Anonymous")]
    public void A_key_opens_what_it_is_for_and_nothing_else(string? key, string opened)
    {
        var policy = WithKeys();

        var passed = Enum.GetValues<EndpointAccess>()
            .Where(access => policy.Decide(new("POST", new HostString(Elsewhere), null, key, access)).Refusal is null);

        Assert.Equal(opened, string.Join(' ', passed));
    }

    [Theory]
    [InlineData(IngestKey, EndpointAccess.Ingest, "ingest")]
    [InlineData(OperateKey, EndpointAccess.Read, "operate")]
    [InlineData(ReadKey, EndpointAccess.Anonymous, "read")]
    [InlineData(null, EndpointAccess.Anonymous, "local")]
    public void The_actor_is_the_name_of_the_key(string? key, EndpointAccess access, string actor) =>
        Assert.Equal(actor, WithKeys().Decide(new("GET", new HostString(Elsewhere), null, key, access)).Actor);

    [Fact]
    public void A_refusal_names_the_key_that_is_needed_and_never_the_key_that_was_shown()
    {
        var refusal = WithKeys().Decide(new("POST", new HostString(Here), null, IngestKey, EndpointAccess.Operate)).Refusal!;

        Assert.Same(ProblemTypes.Unauthorized, refusal.Type);
        Assert.Equal("The ingest key does not open this; send the operate key in x-functions-key.", refusal.Detail);
    }

    [Fact]
    public void With_keys_neither_host_nor_origin_matters() =>
        Assert.Null(WithKeys().Decide(new("POST", new HostString(Elsewhere), "https://other.example", IngestKey, EndpointAccess.Ingest)).Refusal);

    [Theory]
    [InlineData("localhost:7071", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("127.0.0.1:7071", true)]
    [InlineData("127.1.2.3", true)]
    [InlineData("[::1]:7071", true)]
    [InlineData("localhost.example:7071", false)]
    [InlineData("127.0.0.1.example", false)]
    [InlineData("192.168.1.7:7071", false)]
    [InlineData("[fe80::1]:7071", false)]
    [InlineData("0.0.0.0:7071", false)]
    [InlineData("", false)]
    public void Without_keys_only_loopback_names_are_answered(string host, bool answered)
    {
        foreach (var access in Enum.GetValues<EndpointAccess>())
        {
            var decision = WithoutKeys().Decide(new("GET", new HostString(host), null, null, access));

            Assert.Equal(answered, decision.Refusal is null);
            Assert.Equal(answered ? "local" : null, decision.Actor);
            if (!answered)
                Assert.Equal((421, "host-not-allowed"), (decision.Refusal!.Type.Status, decision.Refusal.Type.Code));
        }
    }

    [Theory]
    [InlineData("POST", Here, null, true)]
    [InlineData("POST", Here, "http://localhost:7071", true)]
    [InlineData("POST", "127.0.0.1:7071", "http://127.0.0.1:7071", true)]
    [InlineData("POST", "localhost", "http://localhost", true)]
    [InlineData("POST", "localhost:80", "http://localhost", true)]
    [InlineData("POST", "[::1]:7071", "http://[::1]:7071", true)]
    [InlineData("GET", Here, "https://evil.example", true)]
    [InlineData("OPTIONS", Here, "https://evil.example", true)]
    [InlineData("POST", Here, "https://evil.example", false)]
    [InlineData("DELETE", Here, "https://evil.example", false)]
    [InlineData("POST", Here, "null", false)]
    [InlineData("POST", Here, "", false)]
    [InlineData("POST", Here, "http://localhost:3000", false)]
    [InlineData("POST", Here, "https://localhost:7071", false)]
    [InlineData("POST", Here, "http://localhost:7071.evil.example", false)]
    [InlineData("POST", Here, "http://user@localhost:7071", false)]
    public void Without_keys_no_page_of_another_origin_changes_anything(string method, string host, string? origin, bool passes)
    {
        var refusal = WithoutKeys().Decide(new(method, new HostString(host), origin, null, EndpointAccess.Operate)).Refusal;

        Assert.Equal(passes, refusal is null);
        if (!passes)
            Assert.Equal((403, "origin-not-allowed"), (refusal!.Type.Status, refusal.Type.Code));
    }

    private static AccessPolicy WithKeys() => Policy(new() { Ingest = IngestKey, Read = ReadKey, Operate = OperateKey });

    private static AccessPolicy WithoutKeys() => Policy(new());

    private static AccessPolicy Policy(KeysOptions options) => new(new KeyRing(Options.Create(options)));
}
