using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace FunctionsMonitor.LoadTest.Rivals;

/// <summary>
/// What one would write first: an endpoint that takes an event out of the request and inserts it, one statement a request, prepared, on a pool of
/// connections. It checks nothing, and what it has answered is durable.
/// </summary>
internal static class NaiveEndpoint
{
    /// <summary>The argument that makes this program it.</summary>
    public const string Command = "naive-endpoint";

    /// <summary>The variable that names its database.</summary>
    public const string ConnectionVariable = "NAIVE_CONNECTION";

    /// <summary>Its table, made anew.</summary>
    public const string Table =
        """
        DROP TABLE IF EXISTS public.naive_events;
        CREATE TABLE public.naive_events (
            timestamp timestamptz NOT NULL, event_id uuid NOT NULL, event_type text NOT NULL, source text NOT NULL, data json NOT NULL,
            PRIMARY KEY (timestamp, event_id))
        """;

    private const string Insert = "INSERT INTO public.naive_events (timestamp, event_id, event_type, source, data) VALUES ($1, $2, $3, $4, $5)";

    public static async Task<int> RunAsync(string url)
    {
        var connection = Environment.GetEnvironmentVariable(ConnectionVariable)!;
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { MaxAutoPrepare = 10, AutoPrepareMinUsages = 1 });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.Urls.Add(url);
        app.MapGet("/health", context => Answer(context, StatusCodes.Status200OK));
        app.MapPost("/events", async context =>
        {
            var item = await JsonSerializer.DeserializeAsync(context.Request.Body, NaiveJson.Default.NaiveEvent, context.RequestAborted);
            await using var command = source.CreateCommand(Insert);
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = item!.Timestamp.UtcDateTime });
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item.EventId });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = item.EventType });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = item.Source });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = item.Data.GetRawText(), NpgsqlDbType = NpgsqlDbType.Json });
            await command.ExecuteNonQueryAsync(context.RequestAborted);
            await Answer(context, StatusCodes.Status202Accepted);
        });
        await app.RunAsync();
        return 0;
    }

    private static Task Answer(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }
}
