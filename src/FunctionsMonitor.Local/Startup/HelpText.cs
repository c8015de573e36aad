using System.Reflection;

namespace FunctionsMonitor.Local.Startup;

/// <summary>What <c>--help</c> and <c>--version</c> print.</summary>
internal static class HelpText
{
    public const string Help = """
        FunctionsMonitor: a monitoring backend in one process. Events come in over HTTP, are kept in a folder until they are flushed,
        and end up exactly once in an embedded database.

        Usage: dotnet run --project src/FunctionsMonitor.Local [-- [migrate] options]

          migrate        bring the schema of the PostgreSQL database up to date, and end
          --roles        with migrate: print the SQL that makes the database's roles instead
          --demo         also send sample events to this host, so that there is something to look at
          --urls URL     where to listen (default http://localhost:7071; port 0 takes any free port)
          --version      print the version
          --help         print this

        Settings come from appsettings.json, local.settings.json (in the current folder) and the environment, the last one winning:

          ASPNETCORE_URLS                              where to listen, like --urls
          FunctionsMonitor__DataPath                   the data folder (default ./.data)
          Keys__Ingest, Keys__Read, Keys__Operate      the keys; needed to listen anywhere but on loopback
          ConnectionStrings__Postgres                  PostgreSQL instead of the embedded database
          MONITORING_*                                 the flags, such as MONITORING_BATCH_SIZE
        """;

    /// <summary>The product's version, without the commit it was built from.</summary>
    public static string Version { get; } =
        typeof(HelpText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
