using FunctionsMonitor.Flags.AppConfiguration;
using FunctionsMonitor.Local.Startup;
using Microsoft.Extensions.FileProviders;

namespace FunctionsMonitor.Local.Configuration;

/// <summary>Where this host's settings come from, lowest first: <c>appsettings.json</c>, <c>local.settings.json</c>, environment.</summary>
internal static class LocalConfiguration
{
    private const string SettingsFile = "appsettings.json";

    /// <summary>A builder with this host's sources instead of the framework's.</summary>
    /// <exception cref="StartException">A file cannot be read, or asks for what this host does not have.</exception>
    public static WebApplicationBuilder CreateBuilder()
    {
        LocalSettingsFile.Read(LocalSettingsFile.FileName).ExportToEnvironment();

        // The program's own folder, or the framework would read the current folder's file itself, and fail in its own words. Its own sources go at once,
        // but a watch they have begun would stay: a thread and an inotify instance.
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.Configuration.Sources.Clear();
        try
        {
            // Reloaded on change: a flag in this file can be turned while the host runs.
            AddSettingsFile(builder.Configuration);
        }
        catch (InvalidDataException exception)
        {
            throw new StartException($"{SettingsFile} cannot be used: {exception.InnerException?.Message ?? exception.Message}", exception);
        }

        builder.Configuration.AddEnvironmentVariables();
        RefuseWhatIsNotThere(builder.Configuration);
        return builder;
    }

    /// <summary>The section <c>Flags</c> of the file alone: the environment is a source of its own for flags.</summary>
    public static IConfiguration ReadFlagsFile() => AddSettingsFile(new ConfigurationBuilder()).Build().GetSection("Flags");

    /// <summary>
    /// Looked at every four seconds. To be told of changes is to be told of those in every folder below as well, and there the segments are written:
    /// under full load that took a twelfth of this program's time.
    /// </summary>
    private static IConfigurationBuilder AddSettingsFile(IConfigurationBuilder builder)
    {
        var folder = new PhysicalFileProvider(Environment.CurrentDirectory) { UsePollingFileWatcher = true, UseActivePolling = true };
        return builder.AddJsonFile(folder, SettingsFile, optional: true, reloadOnChange: true);
    }

    internal static void RefuseWhatIsNotThere(IConfiguration configuration)
    {
        // To go on without would be to run on other flags than were asked for.
        if (configuration.NamesAppConfiguration())
            throw new StartException("AppConfiguration is set, but only the Azure Functions app has flags from there. Remove the setting.");

        // Kestrel would listen there whatever the addresses say, without the check for keys.
        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
            throw new StartException("Kestrel:Endpoints is not supported; use ASPNETCORE_URLS.");
    }
}
