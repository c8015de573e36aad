namespace FunctionsMonitor.Flags.AppConfiguration;

/// <summary>Reads the address out of a connection string, for the client is not here to ask. It never shows what else is in it.</summary>
internal static class AppConfigurationConnectionString
{
    private static readonly string[] Members = ["Endpoint", "Id", "Secret"];

    /// <summary>Null when it is none: each of the three members once, the secret in base 64, the endpoint an absolute address.</summary>
    public static Uri? EndpointOf(string? text)
    {
        var members = (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(member => member.Split('=', 2)).ToList();
        if (!members.Select(member => member[0]).Order(StringComparer.Ordinal).SequenceEqual(Members)
            || members.Any(member => member.Length != 2 || member[1].Length == 0))
        {
            return null;
        }

        var values = members.ToDictionary(member => member[0], member => member[1]);
        return Convert.TryFromBase64String(values["Secret"], new byte[values["Secret"].Length], out _)
            && Uri.TryCreate(values["Endpoint"], UriKind.Absolute, out var endpoint)
            ? endpoint
            : null;
    }
}
