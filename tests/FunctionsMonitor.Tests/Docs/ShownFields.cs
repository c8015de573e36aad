using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using FunctionsMonitor.Http.Endpoints;

namespace FunctionsMonitor.Tests.Docs;

/// <summary>What a page says an endpoint shows: <c>`GET /path` `field`, `other.field`; `GET /other` `field`</c>, against the answers of the catalog.</summary>
internal static partial class ShownFields
{
    /// <summary>Everything in the text that no answer has; empty when all is true.</summary>
    public static IReadOnlyList<string> Untrue(string text)
    {
        var faults = new List<string>();
        EndpointDescription? endpoint = null;
        foreach (var code in Repository.Code(text))
        {
            if (Endpoint().Match(code) is { Success: true } match)
            {
                endpoint = EndpointCatalog.All.SingleOrDefault(row => row.Method == match.Groups[1].Value && row.Route == match.Groups[2].Value);
                if (endpoint is null)
                    faults.Add($"there is no {code}");
            }
            else if (Field().IsMatch(code) && endpoint is not null && !endpoint.Responses.Any(response => response.Body is { } body && Has(body, code.Split('.'))))
                faults.Add($"{endpoint.Name} answers no {code}");
        }

        return faults;
    }

    /// <summary>How many endpoints it names.</summary>
    public static int Endpoints(string text) => Repository.Code(text).Count(code => Endpoint().IsMatch(code));

    private static bool Has(Type type, IEnumerable<string> path)
    {
        foreach (var name in path)
        {
            var property = ElementOf(type).GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .FirstOrDefault(candidate => JsonNamingPolicy.SnakeCaseLower.ConvertName(candidate.Name) == name);
            if (property is null)
                return false;

            type = property.PropertyType;
        }

        return true;
    }

    /// <summary>A path goes through lists without saying so.</summary>
    private static Type ElementOf(Type type) => type != typeof(string) && type.IsAssignableTo(typeof(IEnumerable)) && type.IsGenericType
        ? type.GetGenericArguments()[^1]
        : type;

    [GeneratedRegex(@"^(GET|POST|DELETE) /([^?]*)(?:\?.*)?$")]
    private static partial Regex Endpoint();

    [GeneratedRegex(@"^[a-z_]+(\.[a-z_]+)*$")]
    private static partial Regex Field();
}
