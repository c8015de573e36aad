using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Environments;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using FunctionsMonitor.Benchmarks;
using Perfolizer.Horology;

if (args is ["--postgres" or "--scale" or "--ledger" or "--cold-start", ..])
    return await Scenarios.RunAsync(args[0], args[1..]);

// With --once every benchmark runs a single time, in this process: that says nothing about speed, but that none has rotted.
var once = args is ["--once"];
var job = once
    ? Job.Dry.WithToolchain(InProcessEmitToolchain.Instance)
    : Job.Default.WithWarmupCount(6).WithIterationCount(15).WithIterationTime(TimeInterval.FromMilliseconds(150));
var config = DefaultConfig.Instance
    .AddJob(job.WithRuntime(CoreRuntime.Core10_0).AsDefault())
    .WithArtifactsPath(Path.Combine("artifacts", "benchmarks"))
    .WithOptions(once ? ConfigOptions.JoinSummary : ConfigOptions.Default);

var summaries = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(once ? ["--filter", "*"] : args, config).ToList();
var failed = summaries.SelectMany(summary => summary.Reports.Where(report => !report.Success)).ToList();
foreach (var report in failed)
    Console.Error.WriteLine($"Did not run: {report.BenchmarkCase.DisplayInfo}");
foreach (var error in summaries.SelectMany(summary => summary.ValidationErrors).Where(error => error.IsCritical))
    Console.Error.WriteLine(error.Message);

var count = summaries.Sum(summary => summary.Reports.Length);
if (once)
    await Scenarios.RunOnceAsync();
Console.WriteLine($"{count - failed.Count} benchmarks ran, {failed.Count} failed.");
return failed.Count == 0 && (count > 0 || !once) && !summaries.Any(summary => summary.HasCriticalValidationErrors) ? 0 : 1;
