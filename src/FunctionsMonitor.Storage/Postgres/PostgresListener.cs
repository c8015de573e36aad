using FunctionsMonitor.Live;
using Npgsql;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>One connection that listens, kept for that alone.</summary>
internal sealed class PostgresListener : ILiveListener
{
    /// <summary>After so long a silence the server is asked for a word: a connection that is lost without one would be waited for for ever.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);
    private readonly NpgsqlConnection connection;
    private readonly string channel;
    private readonly string end;
    private readonly Queue<string> received = [];

    /// <param name="connection">Open; it is the listener's from here on.</param>
    /// <param name="channel">What it listens to.</param>
    /// <param name="end">Statements that undo what <see cref="RunAsync"/> was given to begin with.</param>
    public PostgresListener(NpgsqlConnection connection, string channel, string end)
    {
        this.end = end;
        this.connection = connection;
        this.channel = channel;
        connection.Notification += OnNotification;
    }

    public async ValueTask RunAsync(string statements, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(statements, connection);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<string> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (received.Count == 0)
        {
            if (await connection.WaitAsync(Silence, cancellationToken).ConfigureAwait(false))
                continue;

            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(AnswerTimeout);
            await RunAsync("SELECT 1", patience.Token).ConfigureAwait(false);
        }

        return received.Dequeue();
    }

    /// <summary>The pool resets a connection when it is next used, not when it comes back: until then it would go on listening.</summary>
    public async ValueTask DisposeAsync()
    {
        connection.Notification -= OnNotification;
        try
        {
            using var patience = new CancellationTokenSource(AnswerTimeout);
            await RunAsync(end, patience.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // A connection that cannot be told is broken, and the pool closes it; the server then forgets both.
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Raised within a call of this connection, which only <see cref="ReceiveAsync"/> makes.</summary>
    private void OnNotification(object sender, NpgsqlNotificationEventArgs e)
    {
        if (e.Channel == channel)
            received.Enqueue(e.Payload);
    }
}
