using FunctionsMonitor.Buffering;
using FunctionsMonitor.Storage.Files;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsMonitor.Tests.Events;

/// <summary>A disk that is full, a folder that must not be written: nothing is acknowledged, nothing of it turns up, and it ends by itself.</summary>
public sealed class FullDiskTests
{
    private readonly FaultyFileSystem files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> Faults { get; } = new()
    {
        { "write", true },
        { "write", false },
        { "folder", true },
        { "folder", false },
        { "rename", true },
        { "rename", false },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Nothing_is_acknowledged_and_nothing_turns_up_and_the_next_request_after_it_passes(string where, bool full)
    {
        await using var monitor = Start();
        if (where != "folder")
            await monitor.PostAsync(monitor.Event("before"));
        void Fail(string path) => throw (full ? new IOException("No space left on device") : new UnauthorizedAccessException("Access is denied"));
        files.BeforeWrite = where == "write" ? Fail : _ => { };
        files.BeforeEnsureFolder = where == "folder" ? Fail : _ => { };
        files.BeforeRename = where == "rename" ? Fail : _ => { };
        for (var i = 0; i < 3; i++)
        {
            var refused = await Assert.ThrowsAsync<BufferUnavailableException>(() => monitor.PostAsync(monitor.Event("refused")).AsTask());
            Assert.Equal(("buffer_unavailable", true), (refused.Code, refused.RetryAfter > TimeSpan.Zero));
            Assert.Contains(full ? "No space left" : "Access is denied", refused.Message, StringComparison.Ordinal);
        }

        files.BeforeWrite = files.BeforeEnsureFolder = files.BeforeRename = _ => { };
        await monitor.PostAsync(monitor.Event("after"));
        Assert.DoesNotContain(monitor.SegmentFiles, file => !file.EndsWith(".fms", StringComparison.Ordinal));
        await monitor.FlushAsync();
        Assert.Equal(where == "folder" ? ["after"] : ["after", "before"], (await monitor.EventsAsync()).Select(item => item.Type).Order(StringComparer.Ordinal));
        Assert.True((await monitor.LedgerAsync()).Balanced);
    }

    [Fact]
    public async Task A_disk_that_is_really_full_answers_the_same_and_ends_when_there_is_room()
    {
        using var disk = SmallDisk.TryMount(256);
        Assert.SkipWhen(disk is null, "Mounting a small disk needs root on Linux.");
        await using var monitor = new TestMonitor(disk.Path);
        var big = monitor.Event("big", data: $$"""{"x":"{{new string('x', 100_000)}}"}""");
        var accepted = 0;
        BufferUnavailableException? refused = null;
        while (refused is null && accepted < 10)
        {
            try
            {
                accepted += (await monitor.PostAsync(big.Replace("big", $"big.{accepted}", StringComparison.Ordinal))).Accepted;
            }
            catch (BufferUnavailableException exception)
            {
                refused = exception;
            }
        }

        Assert.Equal("buffer_unavailable", refused?.Code);
        Assert.InRange(accepted, 1, 3);
        Assert.Equal(accepted, monitor.SegmentFiles.Length);
        var aside = Path.Combine(Path.GetTempPath(), $"functionsmonitor-test-{Guid.NewGuid():N}.fms");
        File.Move(monitor.SegmentFiles[0], aside);
        try
        {
            Assert.Equal(1, (await monitor.PostAsync(monitor.Event("after"))).Accepted);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    private TestMonitor Start() => new(configure: services => services.AddSingleton<IFileSystem>(files));

    /// <summary>A file system of a few kilobytes in memory.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private SmallDisk(string path) => Path = path;

        public string Path { get; }

        public static SmallDisk? TryMount(int kibibytes)
        {
            if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
                return null;

            var path = Directory.CreateTempSubdirectory("functionsmonitor-disk-").FullName;
            if (Run("mount", "-t", "tmpfs", "-o", $"size={kibibytes}k", "tmpfs", path))
                return new(path);

            Directory.Delete(path);
            return null;
        }

        public void Dispose()
        {
            Run("umount", Path);
            Directory.Delete(Path);
        }

        private static bool Run(string program, params string[] arguments)
        {
            try
            {
                using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
                return process.WaitForExit(TimeSpan.FromSeconds(10)) && process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }
}
