using System.Buffers;
using FunctionsMonitor.Buffering;

namespace FunctionsMonitor.TestSupport.Segments;

/// <summary>What <see cref="ISegmentStore"/> promises; every store has a class that derives from this one.</summary>
public abstract class SegmentStoreContract
{
    private static readonly byte[] Content = [1, 2, 3, 4, 5];
    private readonly SegmentNames names = new();

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Two objects on one empty place, as two processes have them.</summary>
    protected abstract ValueTask<(ISegmentStore One, ISegmentStore Other)> CreateAsync();

    /// <summary>Puts bytes among the segments behind the store's back.</summary>
    protected abstract Task PutByHandAsync(string fileName, byte[] bytes);

    /// <summary>The bytes of everything in quarantine that had this name, in any order.</summary>
    protected abstract Task<IReadOnlyList<byte[]>> ReadQuarantinedAsync(string fileName);

    [Fact]
    public async Task An_empty_place_has_nothing_and_can_be_asked_for_everything()
    {
        var (store, _) = await CreateAsync();
        var name = names.Next();
        Assert.Empty(await ListAsync(store));
        Assert.Empty(await store.ListQuarantineAsync(Token).ToListAsync(Token));
        Assert.Null(await store.ReadAsync(name.ToString(), Token));
        await store.DeleteAsync(name, Token);
        await store.QuarantineAsync(name.ToString(), "nothing", Token);
        Assert.Empty(await ListAsync(store));
        Assert.Empty(await store.ListQuarantineAsync(Token).ToListAsync(Token));
    }

    [Fact]
    public async Task A_segment_is_listed_and_read_by_everybody_as_it_was_written()
    {
        var (store, other) = await CreateAsync();
        var name = names.Next();
        await store.PutAsync(name, new(Content), Token);
        foreach (var reader in new[] { store, other })
        {
            var entry = Assert.Single(await ListAsync(reader));
            Assert.Equal((name.ToString(), name, Content.Length), (entry.FileName, entry.Name, entry.Bytes));
            Assert.Equal(Content, (await reader.ReadAsync(entry.FileName, Token))!.Value.ToArray());
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1000, 7)]
    [InlineData(5 << 20, 1)]
    [InlineData(5 << 20, 64 << 10)]
    public async Task A_segment_of_any_size_and_in_any_number_of_parts_comes_back_to_the_byte(int bytes, int partBytes)
    {
        // Parts of one byte would be five million objects; one part then.
        var content = new byte[bytes];
        new Random(bytes + partBytes).NextBytes(content);
        var (store, other) = await CreateAsync();
        var name = names.Next();
        var sequence = partBytes == 1 ? new ReadOnlySequence<byte>(content) : InParts(content, partBytes);
        await store.PutAsync(name, sequence, Token);
        Assert.True((await other.ReadAsync(name.ToString(), Token))!.Value.Span.SequenceEqual(content));
        Assert.True(await store.ConfirmAsync(name, sequence, Token));
        Assert.Equal(bytes, Assert.Single(await ListAsync(store)).Bytes);
    }

    [Fact]
    public async Task Segments_are_listed_oldest_first_whoever_wrote_them_and_in_whatever_order()
    {
        var (store, other) = await CreateAsync();
        var all = names.Next(40);
        foreach (var (i, name) in all.Index().OrderBy(_ => Random.Shared.Next()).ToList())
            await (i % 2 == 0 ? store : other).PutAsync(name, new(Content), Token);
        Assert.Equal(all, (await ListAsync(store)).Select(entry => entry.Name!.Value));
    }

    [Fact]
    public async Task Many_written_at_once_are_all_there()
    {
        var (store, other) = await CreateAsync();
        var all = names.Next(16);
        await Task.WhenAll(all.Select((name, i) => Task.Run(async () => await (i % 2 == 0 ? store : other).PutAsync(name, new(Content), Token), Token)));
        Assert.Equal(all, (await ListAsync(store)).Select(entry => entry.Name!.Value));
    }

    [Fact]
    public async Task A_name_is_written_once()
    {
        var (store, _) = await CreateAsync();
        var name = names.Next();
        await store.PutAsync(name, new(Content), Token);

        // It may be our own of a moment ago, so nobody says that nothing was written.
        var exception = await Assert.ThrowsAsync<SegmentStoreException>(async () => await store.PutAsync(name, new([9, 9]), Token));
        Assert.Equal(SegmentStoreFault.Unknown, exception.Fault);
        Assert.Equal(Content, (await store.ReadAsync(name.ToString(), Token))!.Value.ToArray());
    }

    [Fact]
    public async Task A_write_is_confirmed_by_exactly_its_bytes()
    {
        var (store, _) = await CreateAsync();
        var name = names.Next();
        await store.PutAsync(name, new(Content), Token);
        Assert.True(await store.ConfirmAsync(name, new(Content), Token));
        Assert.True(await store.ConfirmAsync(name, InParts(Content, 2), Token));
        foreach (var wrong in new byte[][] { [], [1, 2, 3, 4], [1, 2, 3, 4, 6], [1, 2, 3, 4, 5, 6] })
            Assert.False(await store.ConfirmAsync(name, new(wrong), Token));
        Assert.True(await store.ConfirmAsync(name, new(Content), Token));
    }

    /// <summary>Of what has left no trace nobody can say that it never was: other processes flush, and it may have been taken already.</summary>
    [Fact]
    public async Task A_write_of_which_there_is_no_trace_is_neither_confirmed_nor_denied_and_leaves_nothing_to_list_or_read()
    {
        var (store, other) = await CreateAsync();
        var (name, kept) = (names.Next(), names.Next());
        await store.PutAsync(kept, new(Content), Token);
        for (var look = 0; look < 2; look++)
        {
            Assert.Equal(SegmentStoreFault.Unknown, (await Assert.ThrowsAsync<SegmentStoreException>(async () => await store.ConfirmAsync(name, new(Content), Token))).Fault);
        }

        Assert.Equal([kept], (await ListAsync(other)).Select(entry => entry.Name!.Value));
        Assert.Null(await other.ReadAsync(name.ToString(), Token));
    }

    [Fact]
    public async Task Deleting_takes_one_segment_and_may_be_done_again()
    {
        var (store, other) = await CreateAsync();
        var all = names.Next(3);
        foreach (var name in all)
            await store.PutAsync(name, new(Content), Token);
        for (var i = 0; i < 2; i++)
            await (i == 0 ? store : other).DeleteAsync(all[1], Token);
        Assert.Equal([all[0], all[2]], (await ListAsync(store)).Select(entry => entry.Name!.Value));
        Assert.Null(await other.ReadAsync(all[1].ToString(), Token));
    }

    [Fact]
    public async Task A_listing_goes_on_while_what_it_has_shown_is_deleted()
    {
        var (store, other) = await CreateAsync();
        var all = names.Next(30);
        foreach (var name in all)
            await store.PutAsync(name, new(Content), Token);
        var seen = new List<SegmentName>();
        await foreach (var entry in store.ListAsync(Token))
        {
            seen.Add(entry.Name!.Value);
            await other.DeleteAsync(entry.Name!.Value, Token);
        }

        Assert.Equal(all, seen);
        Assert.Empty(await ListAsync(store));
    }

    [Theory]
    [InlineData("because")]
    [InlineData("Checksum: ä 漢 😀 % + \" and\r\na second line")]
    public async Task Quarantine_keeps_the_bytes_and_the_reason_and_takes_it_from_the_buffer(string reason)
    {
        var (store, other) = await CreateAsync();
        var (bad, good) = (names.Next(), names.Next());
        await store.PutAsync(bad, new(Content), Token);
        await store.PutAsync(good, new(Content), Token);
        await store.QuarantineAsync(bad.ToString(), reason, Token);

        Assert.Equal([good], (await ListAsync(other)).Select(entry => entry.Name!.Value));
        Assert.Null(await other.ReadAsync(bad.ToString(), Token));
        var kept = Assert.Single(await other.ListQuarantineAsync(Token).ToListAsync(Token));
        Assert.Equal((bad.ToString(), bad, Content.Length, reason), (kept.FileName, kept.Name, kept.Bytes, kept.Reason));
        Assert.Equal(Content, Assert.Single(await ReadQuarantinedAsync(bad.ToString())));
    }

    [Fact]
    public async Task A_reason_of_any_length_is_no_obstacle()
    {
        var (store, _) = await CreateAsync();
        var name = names.Next();
        await store.PutAsync(name, new(Content), Token);
        await store.QuarantineAsync(name.ToString(), new string('漢', 5000), Token);
        Assert.StartsWith("漢漢漢", Assert.Single(await store.ListQuarantineAsync(Token).ToListAsync(Token)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quarantining_again_what_is_gone_changes_nothing()
    {
        var (store, other) = await CreateAsync();
        var name = names.Next();
        await store.PutAsync(name, new(Content), Token);
        await store.QuarantineAsync(name.ToString(), "first", Token);
        await other.QuarantineAsync(name.ToString(), "second", Token);
        Assert.Equal("first", Assert.Single(await store.ListQuarantineAsync(Token).ToListAsync(Token)).Reason);
        Assert.Equal(Content, Assert.Single(await ReadQuarantinedAsync(name.ToString())));
    }

    [Fact]
    public async Task Another_file_of_a_quarantined_name_is_kept_beside_the_first()
    {
        var (store, _) = await CreateAsync();
        var name = names.Next();
        await store.PutAsync(name, new(Content), Token);
        await store.QuarantineAsync(name.ToString(), "first", Token);
        await store.PutAsync(name, new([9]), Token);
        await store.QuarantineAsync(name.ToString(), "second", Token);
        Assert.Equal(["first", "second"], (await store.ListQuarantineAsync(Token).ToListAsync(Token)).Select(kept => kept.Reason).Order());
        Assert.Equal([1, 5], (await ReadQuarantinedAsync(name.ToString())).Select(bytes => bytes.Length).Order());
    }

    [Fact]
    public async Task A_file_that_is_no_segment_is_listed_without_a_name_and_can_be_quarantined()
    {
        var (store, other) = await CreateAsync();
        var name = names.Next();
        await store.PutAsync(name, new(Content), Token);
        foreach (var fileName in new[] { "notes.txt", name.ToString()[..^1], $"copy of {names.Next()}" })
        {
            await PutByHandAsync(fileName, Content);
            var entry = Assert.Single(await ListAsync(store), entry => entry.Name is null);
            Assert.Equal((fileName, Content.Length), (entry.FileName, entry.Bytes));
            await other.QuarantineAsync(entry.FileName, "no segment", Token);
            var kept = Assert.Single(await store.ListQuarantineAsync(Token).ToListAsync(Token), kept => kept.FileName == fileName);
            Assert.Equal((null, "no segment"), (kept.Name, kept.Reason));
            Assert.Equal(Content, Assert.Single(await ReadQuarantinedAsync(fileName)));
            Assert.Equal(name, Assert.Single(await ListAsync(store)).Name);
        }
    }

    [Fact]
    public async Task A_probe_leaves_nothing_and_needs_nothing_to_be_there()
    {
        var (store, other) = await CreateAsync();
        await store.ProbeAsync(Token);
        await other.ProbeAsync(Token);
        Assert.Empty(await ListAsync(store));
        Assert.Empty(await store.ListQuarantineAsync(Token).ToListAsync(Token));
    }

    private static ValueTask<List<SegmentEntry>> ListAsync(ISegmentStore store) => store.ListAsync(Token).ToListAsync(Token);

    private static ReadOnlySequence<byte> InParts(byte[] bytes, int partBytes)
    {
        var first = new Part(bytes.AsMemory(0, Math.Min(partBytes, bytes.Length)), 0);
        var last = first;
        for (var at = partBytes; at < bytes.Length; at += partBytes)
            last = last.Append(bytes.AsMemory(at, Math.Min(partBytes, bytes.Length - at)));
        return new(first, 0, last, last.Memory.Length);
    }

    private sealed class Part : ReadOnlySequenceSegment<byte>
    {
        public Part(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Part Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Part(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
