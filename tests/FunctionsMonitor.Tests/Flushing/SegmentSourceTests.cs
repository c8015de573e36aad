using FunctionsMonitor.Buffering;
using FunctionsMonitor.Flushing;
using Microsoft.Extensions.Logging.Abstractions;

namespace FunctionsMonitor.Tests.Flushing;

public sealed class SegmentSourceTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
    private readonly TestSegments segments = new(Now);
    private readonly Scripted store = new();
    private readonly SegmentSource source;
    private readonly SegmentHeader header;
    private readonly byte[] good;

    public SegmentSourceTests()
    {
        source = new(store, NullLogger<SegmentSource>.Instance);
        header = segments.Next(segments.Event()).Header;
        good = TestSegments.Encode(header, [segments.Event()]);
    }

    private SegmentEntry Entry => new(header.Name, good.Length);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_whole_segment_is_read_at_once()
    {
        store.Reads.Enqueue(good);
        var reading = await source.ReadAsync(Entry, Token);
        Assert.Equal((SegmentReadingKind.Read, header.Id), (reading.Kind, reading.Segment!.Header.Id));
        Assert.Empty(store.Reads);
    }

    [Fact]
    public async Task A_wrong_checksum_that_a_second_read_does_not_show_was_the_readings_fault()
    {
        store.Reads.Enqueue(Flipped());
        store.Reads.Enqueue(good);
        Assert.Equal(SegmentReadingKind.Read, (await source.ReadAsync(Entry, Token)).Kind);
        Assert.Null(store.Reason);
    }

    [Fact]
    public async Task A_wrong_checksum_on_two_reads_is_believed()
    {
        store.Reads.Enqueue(Flipped());
        store.Reads.Enqueue(Flipped());
        Assert.Equal(SegmentReadingKind.Quarantined, (await source.ReadAsync(Entry, Token)).Kind);
        Assert.StartsWith("Checksum: ", store.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_segment_that_is_gone_is_left_alone_also_between_the_two_reads()
    {
        store.Reads.Enqueue(null);
        Assert.Equal(SegmentReadingKind.Gone, (await source.ReadAsync(Entry, Token)).Kind);
        store.Reads.Enqueue(Flipped());
        store.Reads.Enqueue(null);
        Assert.Equal(SegmentReadingKind.Gone, (await source.ReadAsync(Entry, Token)).Kind);
        Assert.Null(store.Reason);
    }

    [Fact]
    public async Task A_newer_version_is_not_read_twice_nor_moved_and_is_named_once_until_the_next_flush()
    {
        var newer = (byte[])good.Clone();
        newer[8]++;
        for (var i = 0; i < 2; i++)
        {
            store.Reads.Enqueue(newer);
            Assert.Equal(SegmentReadingKind.NewerFormat, (await source.ReadAsync(Entry, Token)).Kind);
        }

        Assert.Equal([Entry.FileName], source.NewerFormat);
        Assert.Null(store.Reason);
        source.ForgetNewerFormat();
        Assert.Empty(source.NewerFormat);
    }

    [Fact]
    public async Task A_foreign_file_is_put_aside_without_being_read()
    {
        Assert.Equal(SegmentReadingKind.Quarantined, (await source.ReadAsync(SegmentEntry.NoSegment("holiday.jpg", 1), Token)).Kind);
        Assert.Contains("file name", store.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("nonsense")]
    public async Task A_header_that_cannot_be_read_under_a_checksum_that_fits_is_put_aside_and_stops_nothing(string json)
    {
        var bytes = WithHeader(System.Text.Encoding.UTF8.GetBytes(json));
        store.Reads.Enqueue(bytes);
        store.Reads.Enqueue(bytes);
        Assert.Equal(SegmentReadingKind.Quarantined, (await source.ReadAsync(Entry, Token)).Kind);
        Assert.StartsWith("NotASegment: ", store.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listing_comes_in_pages_without_those_to_pass_over()
    {
        store.Entries.AddRange(Enumerable.Range(0, 5).Select(i => SegmentEntry.NoSegment($"{i}", i)));
        var pages = new List<string>();
        await foreach (var page in source.ListAsync(new HashSet<string> { "1" }, 3, Token))
            pages.Add(string.Concat(page.Select(entry => entry.FileName)));
        Assert.Equal(["023", "4"], pages);
    }

    private byte[] Flipped()
    {
        var bytes = (byte[])good.Clone();
        bytes[^1] ^= 1;
        return bytes;
    }

    /// <summary>As the codec lays it out, hash and all, with any header.</summary>
    private byte[] WithHeader(byte[] json)
    {
        var bytes = new byte[SegmentCodec.PrefixBytes + json.Length];
        good.AsSpan(0, 12).CopyTo(bytes);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), json.Length);
        json.CopyTo(bytes, SegmentCodec.PrefixBytes);
        var hash = new System.IO.Hashing.XxHash128();
        hash.Append(bytes.AsSpan(0, 24));
        hash.Append(json);
        hash.GetHashAndReset(bytes.AsSpan(24));
        return bytes;
    }

    private sealed class Scripted : ISegmentStore
    {
        public Queue<byte[]?> Reads { get; } = [];

        public List<SegmentEntry> Entries { get; } = [];

        public string? Reason { get; private set; }

        public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string fileName, CancellationToken cancellationToken)
        {
            if (Reads.Dequeue() is { } bytes)
                return ValueTask.FromResult<ReadOnlyMemory<byte>?>(bytes);

            return ValueTask.FromResult<ReadOnlyMemory<byte>?>(null);
        }

        public ValueTask QuarantineAsync(string fileName, string reason, CancellationToken cancellationToken)
        {
            Reason = reason;
            return ValueTask.CompletedTask;
        }

        public IAsyncEnumerable<SegmentEntry> ListAsync(CancellationToken cancellationToken) => Entries.ToAsyncEnumerable();

        public ValueTask PutAsync(SegmentName name, System.Buffers.ReadOnlySequence<byte> content, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<bool> ConfirmAsync(SegmentName name, System.Buffers.ReadOnlySequence<byte> content, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DeleteAsync(SegmentName name, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<QuarantinedSegment> ListQuarantineAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask ProbeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
