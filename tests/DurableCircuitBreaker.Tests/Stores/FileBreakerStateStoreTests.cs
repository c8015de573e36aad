using System.Text;
using FunctionsMonitor.TestSupport;
using FunctionsMonitor.TestSupport.Breakers;

namespace DurableCircuitBreaker.Tests.Stores;

public sealed class FileBreakerStateStoreTests : BreakerStateStoreContract<FileBreakerStateStore>, IDisposable
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder folder = new();
    private readonly FileBreakerStateStore store;

    public FileBreakerStateStoreTests() => store = new FileBreakerStateStore(Folder);

    private string Folder => folder["breakers"];

    public void Dispose() => folder.Dispose();

    protected override ValueTask<(FileBreakerStateStore One, FileBreakerStateStore Other)> CreateAsync() =>
        ValueTask.FromResult((store, new FileBreakerStateStore(Folder)));

    [Fact]
    public async Task Reading_makes_no_folder()
    {
        await ReadAsync("orders");
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task A_file_has_the_tag_in_its_first_line_and_then_what_was_written()
    {
        var writing = await WriteAsync("orders", "{\"version\":1}", null);
        Assert.Equal($"{writing.Tag}\n{{\"version\":1}}", await File.ReadAllTextAsync(Path.Combine(Folder, "orders.breaker"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Names_that_differ_in_capitals_only_have_files_that_differ_in_more()
    {
        // Also on Linux, where it would not show: the same folder may be looked at from a system that ignores case.
        string[] names = ["orders", "Orders", "ORDERS", "orderS"];
        foreach (var name in names)
            await WriteAsync(name, name, null);

        Assert.Distinct(Directory.GetFiles(Folder, "*.breaker").Select(path => path.ToUpperInvariant()));
        Assert.Equal(names.Length, Directory.GetFiles(Folder, "*.breaker").Length);
    }

    [Fact]
    public async Task A_torn_temporary_file_of_a_killed_writer_is_in_nobodys_way()
    {
        var first = await WriteAsync("orders", "one", null);
        await File.WriteAllTextAsync(Path.Combine(Folder, "orders.breaker.new"), "0123456789abcdef0123", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Folder, "never.breaker.new"), "0123456789abcdef0123456789abcdef\n{", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Folder, "never.breaker.lock"), "", TestContext.Current.CancellationToken);

        Assert.Equal(("one", first.Tag), await ReadAsync("orders"));
        Assert.Equal((null, null), await ReadAsync("never"));
        Assert.Equal(["orders"], await ListAsync());

        var second = await WriteAsync("orders", "2", first.Tag);
        Assert.Equal(("2", second.Tag), await ReadAsync("orders"));
        Assert.True((await WriteAsync("never", "now", null)).IsWritten);
        Assert.Equal([], Directory.GetFiles(Folder, "*.new"));
    }

    [Theory]
    [InlineData("{\"version\":1}")]
    [InlineData("")]
    [InlineData("\n")]
    // A line break just where a tag would end.
    [InlineData("{\"version\":1,\"record\":{\"a\":123456\n}}")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF\n{}")]
    public async Task A_file_written_by_hand_is_read_as_it_is_and_replaced_only_by_whoever_saw_it(string content)
    {
        await WriteByHandAsync("orders", content);
        var (text, tag) = await ReadAsync("orders");
        Assert.Equal(content, text);
        Assert.NotNull(tag);
        Assert.Equal(["orders"], await ListAsync());
        Assert.False((await WriteAsync("orders", "two", null)).IsWritten);

        await WriteByHandAsync("orders", content + " ");
        Assert.False((await WriteAsync("orders", "two", tag)).IsWritten);
        Assert.Equal(content + " ", (await ReadAsync("orders")).Content);
        Assert.True((await WriteAsync("orders", "two", (await ReadAsync("orders")).Tag)).IsWritten);
        Assert.Equal("two", (await ReadAsync("orders")).Content);
    }

    [Theory]
    [InlineData("Orders.breaker")]
    [InlineData("+.breaker")]
    [InlineData("++o.breaker")]
    [InlineData("+7.breaker")]
    [InlineData("a b.breaker")]
    [InlineData(".breaker")]
    [InlineData("orders.txt")]
    public async Task A_file_that_no_name_leads_to_is_not_listed(string file)
    {
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(Path.Combine(Folder, file), "{}", TestContext.Current.CancellationToken);
        Assert.Equal([], await ListAsync());
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_an_exception_and_not_a_wait()
    {
        // A file where the folder should be: that refuses root too, to whom permissions mean nothing.
        await File.WriteAllTextAsync(Folder, "in the way", TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<IOException>(() => WriteAsync("orders", "x", null));
        await Assert.ThrowsAnyAsync<IOException>(() => WriteAsync("orders", "x", "tag"));
        // Unknown, and not "nothing is stored", by which every circuit would be closed.
        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync("orders"));

        File.Delete(Folder);
        Assert.True((await WriteAsync("orders", "x", null)).IsWritten);
    }

    [Fact]
    public async Task A_folder_in_the_way_of_a_file_is_an_exception_and_not_a_wait()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "value.breaker"));
        Directory.CreateDirectory(Path.Combine(Folder, "lock.breaker.lock"));
        Directory.CreateDirectory(Path.Combine(Folder, "new.breaker.new"));
        await AssertRefusedAsync(() => ReadAsync("value"));
        foreach (var name in new[] { "value", "lock", "new" })
            await AssertRefusedAsync(() => WriteAsync(name, "x", null));
    }

    [Fact]
    public async Task A_held_lock_is_waited_for_as_long_as_the_caller_wants()
    {
        await WriteAsync("orders", "one", null);
        var tag = (await ReadAsync("orders")).Tag;
        await using (new FileStream(Path.Combine(Folder, "orders.breaker.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            using var patience = new CancellationTokenSource();
            var waiting = store.WriteAsync("orders", Encoding.UTF8.GetBytes("two"), tag, patience.Token).AsTask();
            // Readers and other breakers wait for nobody.
            Assert.Equal("one", (await ReadAsync("orders")).Content);
            Assert.True((await WriteAsync("another", "x", null)).IsWritten);
            Assert.False(waiting.IsCompleted);
            await patience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Generous));
        }

        Assert.True((await WriteAsync("orders", "two", tag)).IsWritten);
    }

    private static async Task AssertRefusedAsync(Func<Task> call)
    {
        var exception = await Record.ExceptionAsync(call);
        Assert.True(exception is IOException or UnauthorizedAccessException, $"{exception}");
    }

    private Task WriteByHandAsync(string name, string content)
    {
        Directory.CreateDirectory(Folder);
        return File.WriteAllTextAsync(Path.Combine(Folder, name + ".breaker"), content, TestContext.Current.CancellationToken);
    }

    private async Task<(string? Content, string? Tag)> ReadAsync(string name)
    {
        var reading = await store.ReadAsync(name, TestContext.Current.CancellationToken).AsTask().WaitAsync(Generous);
        return (reading.Content is { } content ? Encoding.UTF8.GetString(content.Span) : null, reading.Tag);
    }

    private Task<BreakerStoreWriting> WriteAsync(string name, string content, string? tag) =>
        store.WriteAsync(name, Encoding.UTF8.GetBytes(content), tag, TestContext.Current.CancellationToken).AsTask().WaitAsync(Generous);

    private async Task<List<string>> ListAsync()
    {
        var names = new List<string>();
        await foreach (var name in store.ListAsync(TestContext.Current.CancellationToken))
            names.Add(name);
        return names;
    }
}
