using FunctionsMonitor.Buffering;
using FunctionsMonitor.Storage.Files;
using FunctionsMonitor.Tests.Support;
using FunctionsMonitor.TestSupport.Segments;
using Microsoft.Extensions.Time.Testing;

namespace FunctionsMonitor.Tests.Storage.Files;

public sealed class FolderSegmentStoreTests : SegmentStoreContract, IDisposable
{
    private static readonly byte[] Content = [1, 2, 3, 4, 5];
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_power_cut_at_any_step_loses_nothing_that_was_acknowledged_and_shows_no_half_segment()
    {
        var acknowledgedAtSome = 0;
        for (var cut = 1; cut < 20; cut++)
        {
            var files = new ForgetfulFileSystem();
            var store = new FolderSegmentStore(files, "data", time);
            var before = Name(1);
            await store.PutAsync(before, new(Content), default);
            files.CutAtStep(cut);
            var name = Name(2);
            var acknowledged = await TryPutAsync(store, name);
            acknowledgedAtSome += acknowledged ? 1 : 0;
            files.Restart();

            var afterwards = new FolderSegmentStore(files, "data", time);
            var listed = await afterwards.ListAsync(default).ToListAsync();
            Assert.Contains(listed, entry => entry.Name == before);
            Assert.Equal(acknowledged, acknowledged && listed.Exists(entry => entry.Name == name));
            foreach (var entry in listed)
                Assert.Equal(Content, (await afterwards.ReadAsync(entry.FileName, default))!.Value.ToArray());
        }

        Assert.True(acknowledgedAtSome > 0);
    }

    [Fact]
    public async Task The_double_forgets_what_a_store_does_not_sync()
    {
        // Without the folder's sync a segment would be acknowledged and gone: the test above can fail.
        var files = new ForgetfulFileSystem();
        files.WriteSynced("data/segments/a.tmp", new(Content));
        files.Rename("data/segments/a.tmp", "data/segments/a");
        files.Restart();
        Assert.Null(files.Read("data/segments/a"));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_write_that_was_never_renamed_is_denied_and_cannot_turn_up_later()
    {
        var files = new FaultyFileSystem { BeforeRename = _ => throw new IOException("no rename") };
        var store = new FolderSegmentStore(files, folder.Path, time);
        var fault = await Assert.ThrowsAsync<SegmentStoreException>(() => store.PutAsync(Name(1), new(Content), default).AsTask());
        Assert.Equal(SegmentStoreFault.Unknown, fault.Fault);

        Assert.False(await store.ConfirmAsync(Name(1), new(Content), default));
        Assert.Empty(Directory.GetFiles(Path.Combine(folder.Path, "segments")));
    }

    [Fact]
    public async Task A_write_that_was_renamed_and_taken_by_a_flush_before_it_was_looked_for_is_not_denied()
    {
        var files = new FaultyFileSystem();
        var (store, other) = (new FolderSegmentStore(files, folder.Path, time), new FolderSegmentStore(new PhysicalFileSystem(), folder.Path, time));
        files.AfterRename = _ => throw new IOException("The folder cannot be synced.");
        await Assert.ThrowsAsync<SegmentStoreException>(() => store.PutAsync(Name(1), new(Content), default).AsTask());
        await other.DeleteAsync(Assert.Single(await other.ListAsync(default).ToListAsync()).Name!.Value, default);

        var fault = await Assert.ThrowsAsync<SegmentStoreException>(() => store.ConfirmAsync(Name(1), new(Content), default).AsTask());
        Assert.Equal(SegmentStoreFault.Unknown, fault.Fault);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(5, false)]
    [InlineData(6, true)]
    public async Task A_listing_of_more_than_fits_into_memory_at_once_is_whole_and_in_order(int listedAtOnce, bool whatItShowedIsDeleted)
    {
        var store = new FolderSegmentStore(new PhysicalFileSystem(), folder.Path, time) { ListedAtOnce = listedAtOnce };
        foreach (var number in (int[])[4, 2, 5, 1, 3])
            await store.PutAsync(Name(number), new(Content), default);

        var listed = new List<SegmentName>();
        await foreach (var entry in store.ListAsync(default))
        {
            Assert.Equal(Content.Length, entry.Bytes);
            listed.Add(entry.Name!.Value);
            if (whatItShowedIsDeleted)
                await store.DeleteAsync(entry.Name.Value, default);
            Assert.InRange(listed.Count, 1, 5);
        }

        Assert.Equal(listed.OrderBy(name => name.ToString(), StringComparer.Ordinal), listed);
        Assert.Equal([1, 2, 3, 4, 5], listed.Select(name => name.Number).Order());
    }

    [Fact]
    public async Task A_look_through_all_of_it_allocates_nothing_for_a_segment_and_a_listing_120_bytes()
    {
        var few = Store(1_000);
        var many = Store(21_000);
        await SumAsync(few.ScanAsync(default));
        Assert.InRange(await AllocatedAsync(many.ScanAsync(default)) - await AllocatedAsync(few.ScanAsync(default)), 0, 1_000);

        await SumAsync(few.ListAsync(default));
        Assert.InRange((await AllocatedAsync(many.ListAsync(default)) - await AllocatedAsync(few.ListAsync(default))) / 20_000.0, 72, 130);

        // It is all done where it is asked for, so this thread is the one to look at.
        static async Task<long> AllocatedAsync(IAsyncEnumerable<SegmentEntry> entries)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            await SumAsync(entries);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        static async Task SumAsync(IAsyncEnumerable<SegmentEntry> entries)
        {
            var sum = 0L;
            await foreach (var entry in entries)
                sum += entry.Name!.Value.CreatedAt.Ticks + entry.Bytes;
            Assert.NotEqual(0, sum);
        }

        FolderSegmentStore Store(int count) => new(new Numbered(count), folder.Path, time);
    }

    [Fact]
    public async Task An_abandoned_temporary_file_goes_after_an_hour_and_never_shows()
    {
        var store = new FolderSegmentStore(new PhysicalFileSystem(), folder.Path, time);
        await store.PutAsync(Name(1), new(Content), default);
        var left = Path.Combine(folder.Path, "segments", Name(2) + ".tmp");
        await File.WriteAllBytesAsync(left, Content, TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(left, time.GetUtcNow().UtcDateTime);

        Assert.Single(await store.ListAsync(default).ToListAsync());
        Assert.True(File.Exists(left));
        time.Advance(TimeSpan.FromMinutes(61));
        Assert.Single(await store.ListAsync(default).ToListAsync());
        Assert.False(File.Exists(left));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_not_written_and_recovers_by_itself()
    {
        var data = Path.Combine(folder.Path, "data");
        await File.WriteAllTextAsync(data, "in the way", TestContext.Current.CancellationToken);
        var store = new FolderSegmentStore(new PhysicalFileSystem(), data, time);

        var fault = await Assert.ThrowsAsync<SegmentStoreException>(() => store.PutAsync(Name(1), new(Content), default).AsTask());
        Assert.Equal(SegmentStoreFault.NotWritten, fault.Fault);
        await Assert.ThrowsAsync<SegmentStoreException>(() => store.ProbeAsync(default).AsTask());

        File.Delete(data);
        await store.ProbeAsync(default);
        await store.PutAsync(Name(2), new(Content), default);
        Assert.Single(await store.ListAsync(default).ToListAsync());

        Directory.Delete(data, recursive: true);
        await Assert.ThrowsAsync<SegmentStoreException>(() => store.PutAsync(Name(3), new(Content), default).AsTask());
        await store.PutAsync(Name(4), new(Content), default);
    }

    [Fact]
    public async Task A_quarantined_file_has_the_time_in_front_of_its_name_and_its_reason_beside_it()
    {
        var store = new FolderSegmentStore(new PhysicalFileSystem(), folder.Path, time);
        await store.PutAsync(Name(1), new(Content), default);
        await store.QuarantineAsync(Name(1).ToString(), "because", default);

        Assert.Equal(time.GetUtcNow(), Assert.Single(await store.ListQuarantineAsync(default).ToListAsync()).QuarantinedAt);
        var file = Path.Combine(folder.Path, "quarantine", $"20261124T1200000000000_{Name(1)}");
        Assert.Equal(Content, await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        Assert.Equal("because", await File.ReadAllTextAsync(file + ".reason", TestContext.Current.CancellationToken));
    }

    protected override ValueTask<(ISegmentStore One, ISegmentStore Other)> CreateAsync() => ValueTask.FromResult<(ISegmentStore, ISegmentStore)>(
        (new FolderSegmentStore(new PhysicalFileSystem(), folder.Path, TimeProvider.System), new FolderSegmentStore(new PhysicalFileSystem(), folder.Path, TimeProvider.System)));

    protected override Task PutByHandAsync(string fileName, byte[] bytes) =>
        File.WriteAllBytesAsync(Path.Combine(folder.Path, "segments", fileName), bytes, TestContext.Current.CancellationToken);

    protected override async Task<IReadOnlyList<byte[]>> ReadQuarantinedAsync(string fileName) =>
        await Task.WhenAll(Directory.GetFiles(Path.Combine(folder.Path, "quarantine"), $"*_{fileName}")
            .Select(file => File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)));

    private static async Task<bool> TryPutAsync(FolderSegmentStore store, SegmentName name)
    {
        try
        {
            await store.PutAsync(name, new(Content), default);
            return true;
        }
        catch (SegmentStoreException)
        {
            return false;
        }
    }

    private SegmentName Name(int number)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(time.GetUtcNow()).TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[8..].Clear();
        bytes[8] = 0x80;
        bytes[6] = 0x70;
        bytes[7] = 0;
        bytes[15] = (byte)number;
        return new(new Guid(bytes, bigEndian: true), Guid.AllBitsSet, number, 5, number * 5);
    }

    /// <summary>A folder with so many segments.</summary>
    private sealed class Numbered(int count) : IFileSystem
    {
        private readonly char[][] names =
            [.. Enumerable.Range(1, count).Select(number => new SegmentName(Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddDays(number)), Guid.AllBitsSet, number, 1, number).ToString().ToCharArray())];

        public IEnumerable<T> List<T>(string path, FoundFile<T> make)
        {
            foreach (var name in names)
                yield return make(name, 100, default);
        }

        public void EnsureFolder(string path) => throw new NotSupportedException();

        public void WriteSynced(string path, System.Buffers.ReadOnlySequence<byte> content) => throw new NotSupportedException();

        public void Rename(string from, string to) => throw new NotSupportedException();

        public void SyncFolder(string path) => throw new NotSupportedException();

        public byte[]? Read(string path) => throw new NotSupportedException();

        public void Delete(string path) => throw new NotSupportedException();
    }
}
