namespace FunctionsMonitor.Local.Startup;

/// <summary>What the command line asks for. Everything else is configuration.</summary>
internal sealed record CommandLine
{
    private const string UrlsOption = "--urls";

    /// <summary>Send sample traffic to this host.</summary>
    public bool Demo { get; private init; }

    /// <summary>Bring the PostgreSQL schema up to date and end.</summary>
    public bool Migrate { get; private init; }

    /// <summary>With <see cref="Migrate"/>: print the SQL of the roles instead.</summary>
    public bool Roles { get; private init; }

    public bool Help { get; private init; }

    public bool Version { get; private init; }

    /// <summary>Where to listen, separated by semicolons; null leaves it to the configuration.</summary>
    public string? Urls { get; private init; }

    /// <exception cref="StartException">An argument is unknown, or lacks its value.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var result = new CommandLine();
        for (var i = 0; i < arguments.Count; i++)
        {
            result = arguments[i] switch
            {
                "--demo" => result with { Demo = true },
                "migrate" when i == 0 => result with { Migrate = true },
                "--roles" when result.Migrate => result with { Roles = true },
                "--help" or "-h" or "-?" => result with { Help = true },
                "--version" => result with { Version = true },
                UrlsOption when i + 1 < arguments.Count => result with { Urls = arguments[++i] },
                UrlsOption => throw new StartException($"{UrlsOption} needs a value, such as {UrlsOption} http://localhost:7072."),
                var other when other.StartsWith(UrlsOption + "=", StringComparison.Ordinal) => result with { Urls = other[(UrlsOption.Length + 1)..] },
                var other => throw new StartException($"Unknown argument '{other}'. --help lists what there is."),
            };
        }

        return result;
    }
}
