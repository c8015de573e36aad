namespace FunctionsMonitor.Storage.Postgres;

/// <summary>Where PostgreSQL is and how it is talked to. Section <c>Postgres</c>. One of the first two is needed, not both.</summary>
public sealed class PostgresOptions
{
    public const string Section = "Postgres";

    /// <summary>Npgsql's, with user and password. Off this machine it must ask for TLS (<c>SSL Mode=VerifyFull</c>, or at least <c>Require</c>).</summary>
    /// <value>Null; when <see cref="Host"/> is null too, <c>ConnectionStrings:Postgres</c>.</value>
    public string? ConnectionString { get; set; }

    /// <summary>No secret: the app's identity signs in with a Microsoft Entra token, over TLS and to the host that the certificate names.</summary>
    /// <value>Null; a name such as <c>server.postgres.database.azure.com</c>, with <c>:port</c> unless that is 5432.</value>
    public string? Host { get; set; }

    /// <summary>At <see cref="Host"/>.</summary>
    /// <value>Null; needed with a host.</value>
    public string? Database { get; set; }

    /// <summary>The role at <see cref="Host"/>, named as the identity is.</summary>
    /// <value>Null; needed with a host.</value>
    public string? Username { get; set; }

    /// <summary>Which user-assigned managed identity signs in at <see cref="Host"/>.</summary>
    /// <value>Null: the app's own identity, or on a developer's machine whoever is signed in there.</value>
    public string? ClientId { get; set; }

    /// <summary>Bring the schema up to date when the app starts; the role must own it then. Else an operator does it with <c>migrate</c>.</summary>
    /// <value>False.</value>
    public bool MigrateAtStart { get; set; }

    /// <summary>
    /// After this the server gives a statement up. Above the flush's time budget, because a large segment may get all of that; what a reader
    /// waits for no longer is cancelled long before.
    /// </summary>
    /// <value>4 minutes; 1 second to 2 hours.</value>
    public TimeSpan StatementTimeout { get; set; } = TimeSpan.FromMinutes(4);

    /// <summary>How long a statement waits for another one's lock.</summary>
    /// <value>10 seconds; 100 ms to 10 minutes.</value>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long opening a connection may take.</summary>
    /// <value>10 seconds; 1 second to 2 minutes.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections of one instance at most. A server of 100 connections is full with five instances of the default.</summary>
    /// <value>20; 2 to 500.</value>
    public int MaxPoolSize { get; set; } = 20;

    /// <summary>How many days ahead partitions of events are made; one is needed for the clocks of clients.</summary>
    /// <value>2; 1 to 30.</value>
    public int DaysAhead { get; set; } = 2;
}
