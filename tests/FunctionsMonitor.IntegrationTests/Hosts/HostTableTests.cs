using FunctionsMonitor.HostContract;
using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.IntegrationTests.Support;

namespace FunctionsMonitor.IntegrationTests.Hosts;

/// <summary>Whether the table leaves anything out. No host is asked.</summary>
public sealed class HostTableTests
{
    private static readonly HashSet<(string Endpoint, int Status)> Expected =
    [
        .. HostTable.Rows.SelectMany(row => row.ActSees),
        .. HostTable.Rows.SelectMany(row => row.Steps).Where(step => !step.IsOfTheHost).Select(step => (HostRun.EndpointOf(step)!.Name, step.Status)),
    ];

    [Fact]
    public void Every_answer_of_every_endpoint_is_expected_by_a_row_or_has_a_reason_why_it_cannot_be()
    {
        var missing = EndpointCatalog.All.SelectMany(endpoint => endpoint.Responses.Select(response => (endpoint.Name, response.Status)))
            .Where(answer => !Expected.Contains(answer) && !HostTable.Unreached.ContainsKey(answer));

        Assert.Empty(missing);
    }

    [Fact]
    public void No_reason_is_given_for_what_a_row_expects_or_no_endpoint_answers()
    {
        var answers = EndpointCatalog.All.SelectMany(endpoint => endpoint.Responses.Select(response => (endpoint.Name, response.Status))).ToHashSet();

        Assert.DoesNotContain(HostTable.Unreached.Keys, answer => Expected.Contains(answer) || !answers.Contains(answer));
    }

    [Fact]
    public void Every_method_of_every_route_is_asked_for()
    {
        var asked = HostTable.Rows.SelectMany(row => row.Steps).Where(step => !step.IsOfTheHost).Select(step => (step.Method, HostRun.EndpointOf(step)!.Route))
            .Concat(HostTable.Rows.SelectMany(row => row.ActSees).Select(seen => EndpointCatalog.All.Single(endpoint => endpoint.Name == seen.Endpoint)).Select(seen => (seen.Method, seen.Route)))
            .ToHashSet();
        var there = EndpointCatalog.All.SelectMany(endpoint => (IEnumerable<string>)(endpoint.AlsoHead ? [endpoint.Method, "HEAD"] : [endpoint.Method]), (endpoint, method) => (method, endpoint.Route));

        Assert.DoesNotContain(there, route => !asked.Contains(route));
    }

    [Fact]
    public void The_command_of_the_README_points_these_tests_at_a_host()
    {
        var command = File.ReadAllText(Path.Combine(BuildFacts.RepositoryPath, "README.md")).Split("## Check a host")[1].Split("```")[1];

        Assert.Contains($"{HostTarget.AddressVariable}=", command, StringComparison.Ordinal);
        Assert.Contains($"{HostTarget.KeyVariable}=", command, StringComparison.Ordinal);
        Assert.Contains($"--project tests/{typeof(HostTests).Assembly.GetName().Name} --filter-class {typeof(HostTests).FullName}\n", command, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_row_has_a_name_of_its_own() => Assert.Distinct(HostTable.Rows.Select(row => row.Name));
}
