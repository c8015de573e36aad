using System.Globalization;
using FunctionsMonitor.LoadTest.Bodies;

namespace FunctionsMonitor.LoadTest;

/// <summary>What the command line says: a scenario, and <c>--name value</c> for what is to be otherwise.</summary>
internal sealed record LoadOptions
{
    /// <summary>Of what is measured in one row.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Load before that.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Null for all that the scenario has.</summary>
    public IReadOnlyList<int>? EventsPerRequest { get; init; }

    /// <inheritdoc cref="EventsPerRequest"/>
    public IReadOnlyList<int>? Connections { get; init; }

    /// <inheritdoc cref="EventsPerRequest"/>
    public IReadOnlyList<BodyFormat>? Formats { get; init; }

    /// <summary>How many events there are, for what is about many; null for what the scenario has.</summary>
    public int? Events { get; init; }

    /// <summary>Requests a second of an open loop.</summary>
    public double? Rate { get; init; }

    /// <summary>How often the rivals take turns.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Somebody else's PostgreSQL, whose schema <c>monitoring</c> is dropped; null for one of its own.</summary>
    public string? Postgres { get; init; }

    /// <summary>For what can go into either store: PostgreSQL in place of SQLite.</summary>
    public bool OverPostgres { get; init; }

    /// <summary>Where the rivals' programs are, beside the path.</summary>
    public string? Rivals { get; init; }

    /// <summary>The program of another build of the local host, that takes its turn beside this one; null for none.</summary>
    public string? OtherBuild { get; init; }

    /// <summary>The part of a scenario to run; null for all of it.</summary>
    public string? Part { get; init; }

    /// <summary>Where the results go.</summary>
    public string Output { get; init; } = Path.Combine("artifacts", "load");

    /// <exception cref="ArgumentException">An argument that is not known, or is not what it should be.</exception>
    public static LoadOptions Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Count % 2 != 0)
            throw new ArgumentException($"'{arguments[^1]}' has no value.");

        return arguments.Chunk(2).Aggregate(new LoadOptions(), (options, pair) => pair[0] switch
        {
            "--seconds" => options with { Duration = Seconds(pair[1]) },
            "--warm-up" => options with { WarmUp = Seconds(pair[1]) },
            "--per-request" => options with { EventsPerRequest = Numbers(pair[1]) },
            "--connections" => options with { Connections = Numbers(pair[1]) },
            "--format" => options with { Formats = [Enum.Parse<BodyFormat>(pair[1], ignoreCase: true)] },
            "--events" => options with { Events = Number(pair[1]) },
            "--rate" => options with { Rate = Number(pair[1]) },
            "--rounds" => options with { Rounds = Number(pair[1]) },
            "--postgres" => options with { Postgres = pair[1] },
            "--store" => options with { OverPostgres = Store(pair[1]) },
            "--rivals" => options with { Rivals = pair[1] },
            "--other-build" => options with { OtherBuild = pair[1] },
            "--part" => options with { Part = pair[1] },
            "--output" => options with { Output = pair[1] },
            _ => throw new ArgumentException($"'{pair[0]}' is not known."),
        });
    }

    private static bool Store(string text) => text switch
    {
        "sqlite" => false,
        "postgres" => true,
        _ => throw new ArgumentException($"'{text}' is neither sqlite nor postgres."),
    };

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(Number(text));

    private static IReadOnlyList<int> Numbers(string text) => [.. text.Split(',').Select(Number)];

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
        ? number
        : throw new ArgumentException($"'{text}' is no whole number above 0.");
}
