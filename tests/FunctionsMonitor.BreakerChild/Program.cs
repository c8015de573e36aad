using FunctionsMonitor.BreakerChild;

// The other process of tests that need a real one. It says "ready", does what its first argument names, and ends with its standard input:
// also when the test that started it was killed.
var work = args[0] switch
{
    "breaker" => BreakerCommand.RunAsync(args[1..]),
    "count" => FileCommands.CountAsync(args[1], args[2], int.Parse(args[3], System.Globalization.CultureInfo.InvariantCulture)),
    "write" => FileCommands.WriteAsync(args[1], args[2]),
    "hold" => FileCommands.HoldAsync(args[1]),
    "azurite" => AzuriteCommand.RunAsync(),
    "postgres" => PostgresCommand.RunAsync(),
    _ => throw new ArgumentException($"'{args[0]}' is no command."),
};
await work;
