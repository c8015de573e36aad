using FunctionsMonitor.Storage.Files;
using FunctionsMonitor.Tests.Support;

namespace FunctionsMonitor.Tests.Storage.Files;

public sealed class FileLastKnownGoodStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string FilePath => Path.Combine(folder.Path, "state", "flags.json");

    [Fact]
    public async Task What_one_instance_wrote_last_is_what_another_reads()
    {
        var (one, other) = (new FileLastKnownGoodStore(FilePath), new FileLastKnownGoodStore(FilePath));
        Assert.Null(await one.ReadAsync(TestContext.Current.CancellationToken));
        await one.WriteAsync("a longer first"u8.ToArray(), TestContext.Current.CancellationToken);
        await other.WriteAsync("second"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal("second"u8.ToArray(), (await one.ReadAsync(TestContext.Current.CancellationToken))!.Value.ToArray());
        Assert.Equal([FilePath], Directory.GetFiles(Path.GetDirectoryName(FilePath)!));
    }

    [Fact]
    public async Task Readers_among_writers_see_one_whole_document_after_another()
    {
        var store = new FileLastKnownGoodStore(FilePath);
        var documents = Enumerable.Range(1, 8).Select(i => Enumerable.Repeat((byte)i, 20_000 * i).ToArray()).ToList();
        await store.WriteAsync(documents[0], TestContext.Current.CancellationToken);
        var writers = documents.Select(document => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
                await store.WriteAsync(document, TestContext.Current.CancellationToken);
        })).ToList();
        while (!writers.TrueForAll(writer => writer.IsCompleted))
        {
            var read = (await store.ReadAsync(TestContext.Current.CancellationToken))!.Value;
            Assert.Equal(documents[read.Span[0] - 1].Length, read.Length);
            Assert.Equal(-1, read.Span.IndexOfAnyExcept(read.Span[0]));
        }

        await Task.WhenAll(writers);
    }

    [Fact]
    public async Task What_cannot_be_written_is_an_error_and_leaves_nothing_behind()
    {
        Directory.CreateDirectory(FilePath);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
            await new FileLastKnownGoodStore(FilePath).WriteAsync("x"u8.ToArray(), TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(FilePath)!));
    }

    public void Dispose() => folder.Dispose();
}
