using System.Runtime.InteropServices;
using FunctionsMonitor.LoadTest.Reporting;
using FunctionsMonitor.LoadTest.Rivals;
using FunctionsMonitor.LoadTest.Scenarios;

namespace FunctionsMonitor.LoadTest;

/// <summary>A class of this namespace and not top-level statements: the tests refer to several programs.</summary>
internal static class Program
{
    private const string Usage =
        """
        FunctionsMonitor.LoadTest SCENARIO [--name value ...]

          ingest     events per request by connections, as array and lines, valid and 10 % invalid; closed loop
                     --per-request 1,100,1000  --connections 1,8,64  --format ndjson|jsonarray  --seconds 3
          open       latency at shares of what a closed loop takes, or at one rate; open loop
                     --per-request 1,100  --connections 64  --rate REQUESTS_PER_SECOND
          flushing   ingest while everything is flushed, into SQLite and into PostgreSQL
                     --per-request 1,1000  --connections N  --rate REQUESTS_PER_SECOND
          flush      a backlog is flushed, into SQLite and into PostgreSQL
                     --events 1000000  --per-request 1000,100 (here: a segment)
          drain      a backlog is flushed into PostgreSQL after an outage
                     --events 1000000  --per-request 1000,100,20000,10 (here: a segment)
          queries    the read endpoints over PostgreSQL
                     --events 100000000 in place of 1 and 10 million; that many take 37 GB
          soak       a steady load, and at the end: every acknowledged event stored once, the books balanced
                     --seconds 3600  --rate 20  --per-request 100  --connections 8  --store sqlite|postgres
          rivals     the local host beside InfluxDB, VictoriaMetrics and one INSERT per request, in turns; ratios within the rounds
                     --rivals FOLDER (with influxd and victoria-metrics, or Debian's packages unpacked; else the path)
                     --rounds 5  --part batches|single  --seconds 3
                     --other-build PATH/FunctionsMonitor.Local.dll (takes turns too: before and after a change, in one run)
          --once     all of them with next to nothing, so that none rots

          --warm-up SECONDS    load before each measurement
          --postgres TEXT      a connection string: that database in place of a server of its own (its schema monitoring is dropped)
          --output FOLDER      where the JSON goes (artifacts/load)

        What is measured of a store without HTTP is in FunctionsMonitor.Benchmarks: --postgres, --scale, --ledger.
        Data go to the system's temporary folder (TMPDIR): put it on the disk that is meant.
        """;

    public static async Task<int> Main(string[] arguments)
    {
        if (arguments is [NaiveEndpoint.Command, var url])
            return await NaiveEndpoint.RunAsync(url);

        using var cancelled = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        if (arguments.Length == 0)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        try
        {
            var options = LoadOptions.Parse(arguments[1..]);
            var report = new Report(arguments[0].TrimStart('-'), TimeProvider.System);
            if (!await RunAsync(arguments[0], options, report, cancelled.Token))
                throw new ArgumentException($"There is no scenario '{arguments[0]}'.");
            report.Save(options.Output);
            return 0;
        }
        catch (ArgumentException exception)
        {
            Console.Error.WriteLine($"{exception.Message}\n\n{Usage}");
            return 2;
        }
        catch (OperationCanceledException) when (cancelled.IsCancellationRequested)
        {
            Console.Error.WriteLine("Ended early.");
            return 1;
        }

        // What was started is ended, and its data go, before this program does.
        void Cancel(PosixSignalContext context)
        {
            context.Cancel = true;
            cancelled.Cancel();
        }
    }

    private static async Task<bool> RunAsync(string scenario, LoadOptions options, Report report, CancellationToken cancellationToken)
    {
        Func<CancellationToken, Task>? run = scenario switch
        {
            "ingest" => new IngestScenario(options, report).RunAsync,
            "open" => new OpenScenario(options, report).RunAsync,
            "flushing" => new FlushingScenario(options, report).RunAsync,
            "flush" => new DrainScenario(options, report).FlushAsync,
            "drain" => new DrainScenario(options, report).DrainAsync,
            "queries" => new QueryScenario(options, report).RunAsync,
            "soak" => new SoakScenario(options, report).RunAsync,
            "rivals" => new RivalScenario(options, report).RunAsync,
            "--once" => new Once(report).RunAsync,
            _ => null,
        };
        if (run is null)
            return false;

        await run(cancellationToken);
        return true;
    }
}
