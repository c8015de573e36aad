using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Local.Startup;

/// <summary>
/// Runs the host, and turns what is wrong with its arguments and settings into one line that names the culprit. A stack trace is for what
/// nobody foresaw.
/// </summary>
internal static partial class StartGuard
{
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments, Func<CommandLine, WebApplication> build)
    {
        WebApplication? app = null;
        try
        {
            var command = CommandLine.Parse(arguments);
            if (command.Help || command.Version)
            {
                await Console.Out.WriteLineAsync(command.Help ? HelpText.Help : HelpText.Version).ConfigureAwait(false);
                return ExitCodes.Success;
            }

            if (command.Migrate)
                return await MigrateCommand.RunAsync(command).ConfigureAwait(false);

            app = build(command);
            await app.StartAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            var message = Explain(exception, app?.Services.GetRequiredService<LocalSettings>().Addresses);
            if (app is not null)
                await app.DisposeAsync().ConfigureAwait(false);
            await Console.Error.WriteLineAsync($"functionsmonitor: {message ?? exception.ToString()}").ConfigureAwait(false);
            return message is null ? ExitCodes.Failure : ExitCodes.Usage;
        }

        await using (app)
        {
            app.Services.GetRequiredService<StartQuiet>().End();
            await app.WaitForShutdownAsync().ConfigureAwait(false);
        }

        return ExitCodes.Success;
    }

    /// <summary>What the person at the terminal can do something about; null for anything else.</summary>
    internal static string? Explain(Exception exception, IReadOnlyList<ListenAddress>? addresses) => exception switch
    {
        StartException => exception.Message,
        OptionsValidationException wrong => string.Join(' ', wrong.Failures),
        AggregateException many when many.InnerExceptions.All(inner => inner is OptionsValidationException) =>
            string.Join(' ', many.InnerExceptions.Cast<OptionsValidationException>().SelectMany(inner => inner.Failures)),

        InvalidOperationException when BindingFailure().Match(exception.Message) is { Success: true } match =>
            $"{match.Groups["setting"]} is '{match.Groups["value"]}'; it must be {Expected(match.Groups["type"].Value)}.",
        IOException { InnerException: AddressInUseException } or SocketException when addresses is not null =>
            $"cannot listen on {string.Join(", ", addresses.Select(address => address.Url))} ({LocalSettings.UrlsVariable} or --urls): {exception.Message}",
        _ => null,
    };

    private static string Expected(string type) => type switch
    {
        "System.TimeSpan" => "a duration like 00:05:00 or 1.00:00:00",
        "System.Boolean" => "true or false",
        "System.Double" or "System.Single" => "a number",
        _ when type.Contains("System.Int", StringComparison.Ordinal) => "a whole number that is not too large",
        _ => "another kind of value",
    };

    /// <summary>The binder has no exception of its own; its message has all there is to know, in words for programmers.</summary>
    [GeneratedRegex("^Failed to convert configuration value (?:'(?<value>.*)' )?at '(?<setting>[^']+)' to type '(?<type>[^']+)'")]
    private static partial Regex BindingFailure();
}
