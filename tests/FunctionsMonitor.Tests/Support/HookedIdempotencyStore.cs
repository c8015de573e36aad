using FunctionsMonitor.Idempotency;
using FunctionsMonitor.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.Support;

/// <summary>The embedded store, with a place before and after every call where a test can wait or throw.</summary>
internal sealed class HookedIdempotencyStore : IIdempotencyStore
{
    private IIdempotencyStore inner = null!;

    public Func<CancellationToken, Task> BeforeFind { get; set; } = _ => Task.CompletedTask;

    public Func<CancellationToken, Task> BeforeCreate { get; set; } = _ => Task.CompletedTask;

    public Func<Task> AfterCreate { get; set; } = () => Task.CompletedTask;

    public Func<CancellationToken, Task> BeforeAnswer { get; set; } = _ => Task.CompletedTask;

    public Func<Task> AfterAnswer { get; set; } = () => Task.CompletedTask;

    public int Purges { get; private set; }

    /// <summary>How many purges more shall say that they are not complete.</summary>
    public int PurgesToGo { get; set; }

    public void Register(IServiceCollection services) => services.AddSingleton<IIdempotencyStore>(provider =>
    {
        inner = new SqliteIdempotencyStore(provider.GetRequiredKeyedService<SqliteDatabase>("state"));
        return this;
    });

    public async ValueTask<IdempotencyRecord?> FindAsync(string keyId, long now, CancellationToken cancellationToken)
    {
        await BeforeFind(cancellationToken);
        return await inner.FindAsync(keyId, now, cancellationToken);
    }

    public async ValueTask<bool> TryCreateAsync(IdempotencyRecord record, CancellationToken cancellationToken)
    {
        await BeforeCreate(cancellationToken);
        var created = await inner.TryCreateAsync(record, cancellationToken);
        await AfterCreate();
        return created;
    }

    public async ValueTask<IdempotencyAnswer> SetAnswerAsync(IdempotencyRecord record, IdempotencyAnswer answer, CancellationToken cancellationToken)
    {
        await BeforeAnswer(cancellationToken);
        var given = await inner.SetAnswerAsync(record, answer, cancellationToken);
        await AfterAnswer();
        return given;
    }

    public async ValueTask<PurgedKeys> PurgeAsync(long now, CancellationToken cancellationToken)
    {
        Purges++;
        var purged = await inner.PurgeAsync(now, cancellationToken);
        return PurgesToGo-- > 0 ? purged with { IsComplete = false } : purged;
    }
}
