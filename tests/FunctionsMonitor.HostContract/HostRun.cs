using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FunctionsMonitor.Http;
using FunctionsMonitor.Http.Endpoints;
using FunctionsMonitor.Http.Problems;
using Xunit.Sdk;

namespace FunctionsMonitor.HostContract;

/// <summary>One row against one host.</summary>
public sealed partial class HostRun
{
    /// <summary>For what others bring about, such as a flush that runs: far beyond what it takes.</summary>
    private static readonly TimeSpan StepBound = TimeSpan.FromSeconds(90);

    /// <summary>For a moment in which others change nothing.</summary>
    private static readonly TimeSpan RowBound = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);
    private static readonly string[] Insides = ["   at ", ".cs:line", "StackTrace", "System.", "Microsoft."];

    /// <summary>What any endpoint may answer before it is asked: keys, foreign pages, foreign names.</summary>
    private static readonly int[] OfEveryEndpoint = [401, 403, 421];

    private readonly Dictionary<string, string> values;

    private HostRun(HostTarget target)
    {
        Target = target;
        values = new()
        {
            ["id"] = $"{Guid.NewGuid()}",
            ["key"] = $"{Guid.NewGuid()}",
            ["now"] = TimeProvider.System.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["source"] = $"{target.Run}-{Guid.NewGuid().ToString("N")[..8]}",
            ["type"] = HostTable.EventType,
        };
    }

    public HostTarget Target { get; }

    /// <summary>Holds one row of the table against a host; skips it where it cannot be.</summary>
    public static async Task ExecuteAsync(HostTarget target, string name)
    {
        var row = HostTable.Rows.Single(candidate => candidate.Name == name);
        if (row.ObstacleAt(target.Facts) is { } reason)
            Assert.Skip(reason);
        foreach (var (flag, value) in row.Flags)
            Assert.SkipUnless(await target.FlagAsync(flag) == value, $"{flag} is {await target.FlagAsync(flag)} here.");

        await TryAsync(row.IsPatient, RowBound, async () =>
        {
            var run = new HostRun(target);
            try
            {
                foreach (var step in row.Steps)
                    await run.DoAsync(step);
                if (row.Act is { } act)
                    await act(run);
            }
            finally
            {
                if (row.Undo is { } undo)
                    await run.DoAsync(undo);
            }
        });
    }

    /// <summary>Sends one request and looks at its answer. Others may bring about what the step waits for; the form of an answer is right at once or never.</summary>
    public async Task DoAsync(HostStep step)
    {
        HostAnswer? last = null;
        await TryAsync(step.IsPatient, StepBound, async () =>
        {
            if (step.Flushes)
                await FlushAsync();
            using var response = await SendAsync(step);
            last = await HostAnswer.ReadAsync(this, response);
            Assert.True(step.Status == last.Status, $"{Expand($"{step}")} was not answered {step.Status}: {last}");
            if (!IsInWordsOfTheHost(step))
                CheckAnswer(step, last);
        });
        if (!IsInWordsOfTheHost(step))
            CheckForm(step, last!);
    }

    /// <summary>Sends one request; the answer's body is not read yet.</summary>
    public async Task<HttpResponseMessage> SendAsync(HostStep step)
    {
        using var request = new HttpRequestMessage(new HttpMethod(step.Method), Address(step));
        if (step.Body is { } body)
        {
            var bytes = body(this);
            request.Content = step.IsChunked ? new StreamContent(new Unmeasured(bytes)) : new ByteArrayContent(bytes);
            if (step.ContentType is { } type)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        if (KeyOf(step) is { } key)
            request.Headers.TryAddWithoutValidation(HostTarget.KeyHeader, key);
        foreach (var (name, value) in step.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, Expand(value)))
                request.Content!.Headers.TryAddWithoutValidation(name, Expand(value));
        }

        return await Target.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>Puts the values of this run in the place of their names.</summary>
    public string Expand(string text) => Name().Replace(text, match => values.GetValueOrDefault(match.Groups[1].Value) ?? match.Value);

    public void Keep(string name, string value) => values[name] = value;

    /// <summary>What still fails at the end is thrown.</summary>
    private static async Task TryAsync(bool patiently, TimeSpan bound, Func<Task> act)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(bound);
        using var poll = new PeriodicTimer(Poll);
        while (true)
        {
            try
            {
                await act();
                return;
            }
            catch (Exception exception) when (patiently && exception is (XunitException or InvalidDataException or JsonException) && !timeout.IsCancellationRequested)
            {
                await ((Task)poll.WaitForNextTickAsync(timeout.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Whatever comes of it: another flush may run, and there may be nothing to flush.</summary>
    private async Task FlushAsync()
    {
        using var response = await SendAsync(new HostStep("POST", $"/{Routes.MetricsFlush}"));
    }

    private Uri Address(HostStep step)
    {
        var path = Expand(step.Path).TrimStart('/');
        if (step.Key == KeyUse.Address && EndpointOf(step) is { } endpoint && Target.Keys?.For(endpoint.Access) is { } key)
            path += $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}code={Uri.EscapeDataString(key)}";
        return new Uri(path, UriKind.Relative);
    }

    private string? KeyOf(HostStep step) => step.Key switch
    {
        KeyUse.Header => Target.Keys is { } keys && EndpointOf(step) is { } endpoint ? keys.For(endpoint.Access) : null,
        KeyUse.Wrong => "nobody-has-such-a-key-0123456789",
        _ => null,
    };

    private bool IsInWordsOfTheHost(HostStep step) => step.IsOfTheHost && Target.Facts.Kind == HostKind.Functions;

    private static void CheckAnswer(HostStep step, HostAnswer answer)
    {
        foreach (var check in step.Checks)
            check(answer);
    }

    private static void CheckForm(HostStep step, HostAnswer answer)
    {
        Assert.Equal(step.Caching, answer.Header("Cache-Control"));
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
        if (step.Method == "HEAD")
            Assert.Empty(answer.Body);
        else if (step.Problem is { } problem)
            CheckProblem(problem, answer);
        if (!step.IsOfTheHost)
            CheckDeclared(step, answer);
    }

    private static void CheckProblem(string problem, HostAnswer answer)
    {
        Assert.Equal(ProblemResult.ContentType, answer.ContentType);
        Assert.True(ProblemType.UriPrefix + problem == answer.Find("type"), $"It is not {problem}: {answer}");
        Assert.Equal(answer.Status, answer.Json.GetProperty("status").GetInt32());
        WireShape.Check(typeof(Problem), answer.Json);
        Assert.All(Insides, inside => Assert.DoesNotContain(inside, answer.Text, StringComparison.Ordinal));
    }

    /// <summary>Against the row of the catalog, which the pages and the OpenAPI document are made of and checked against.</summary>
    private static void CheckDeclared(HostStep step, HostAnswer answer)
    {
        var endpoint = EndpointOf(step);
        Assert.True(endpoint is not null, $"There is no endpoint for {step}.");
        var declared = endpoint.Responses.FirstOrDefault(response => response.Status == answer.Status);
        if (declared is null && OfEveryEndpoint.Contains(answer.Status))
            return;

        Assert.True(declared is not null, $"{endpoint.Name} has no {answer.Status} in its description.");
        if (step.Method == "HEAD" || declared.Body is not { } body)
            return;

        Assert.Equal(declared.ContentType, answer.ContentType);
        WireShape.Check(body, answer.Json);
    }

    /// <summary>The endpoint that a request is for, by method and path.</summary>
    public static EndpointDescription? EndpointOf(HostStep step)
    {
        var given = step.Path.Split('?')[0].TrimStart('/').Split('/');
        return EndpointCatalog.All
            .Where(row => row.Method == step.Method || (row.AlsoHead && step.Method == HttpMethod.Head.Method))
            .Where(row => row.Route.Split('/') is var parts && parts.Length == given.Length
                && parts.Zip(given).All(pair => pair.First.StartsWith('{') || pair.First == pair.Second))
            .MinBy(row => row.Route.Count(character => character == '{'));
    }

    [GeneratedRegex(@"\$([a-z]+)")]
    private static partial Regex Name();

    /// <summary>A stream that does not tell its length.</summary>
    private sealed class Unmeasured(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
