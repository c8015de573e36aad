using System.Globalization;
using System.IO.Compression;
using System.Text;
using FunctionsMonitor.Http.Problems;

namespace FunctionsMonitor.HostContract;

/// <summary>
/// One request and what must come of it. <c>$name</c> in a path, a header, a body or an expected value stands for a value of the run
/// (<see cref="HostRun.Expand"/>): <c>$id</c>, <c>$source</c>, <c>$type</c>, <c>$now</c>, <c>$key</c>, and what steps before have kept.
/// </summary>
public sealed record HostStep(string Method, string Path)
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; private init; } = [];

    public Func<HostRun, byte[]>? Body { get; private init; }

    public string? ContentType { get; private init; }

    /// <summary>No <c>Content-Length</c>: nobody knows how long it is before it ends.</summary>
    public bool IsChunked { get; private init; }

    public KeyUse Key { get; private init; }

    public int Status { get; private init; } = 200;

    /// <summary>The last part of the problem's type; null when it shall be none.</summary>
    public string? Problem { get; private init; }

    /// <summary>It is answered before the endpoints come to see it: by the Functions host in its own words, which are not looked at.</summary>
    public bool IsOfTheHost { get; private init; }

    /// <summary>The <c>Cache-Control</c> of the answer.</summary>
    public string Caching { get; private init; } = "no-store";

    /// <summary>Tried again for a while, because what it waits for is brought about by others: a flush that runs, another instance.</summary>
    public bool IsPatient { get; private init; }

    /// <summary>Before each try, flush.</summary>
    public bool Flushes { get; private init; }

    public IReadOnlyList<Action<HostAnswer>> Checks { get; private init; } = [];

    public HostStep Header(string name, string value) => this with { Headers = [.. Headers, (name, value)] };

    public HostStep Json(string body) => Text(body, "application/json");

    public HostStep Text(string body, string? contentType) => this with { Body = run => Encoding.UTF8.GetBytes(run.Expand(body)), ContentType = contentType };

    public HostStep Bytes(Func<byte[]> body, string? contentType = "application/json") => this with { Body = _ => body(), ContentType = contentType };

    /// <summary>The body so far, compressed.</summary>
    public HostStep Gzipped() => (this with { Body = run => Gzip(Body!(run)) }).Header("Content-Encoding", "gzip");

    public HostStep Chunked() => this with { IsChunked = true };

    public HostStep Shows(KeyUse key) => this with { Key = key };

    public HostStep Answers(int status) => this with { Status = status };

    public HostStep Refused(ProblemType problem, string? field = null) => Refused(problem.Code, problem.Status, field);

    public HostStep Refused(string problem, int status, string? field = null)
    {
        var refused = this with { Status = status, Problem = problem };
        return field is null ? refused : refused.With("field", field);
    }

    public HostStep OfTheHost() => this with { IsOfTheHost = true };

    public HostStep Kept(string caching) => this with { Caching = caching };

    public HostStep Patient(bool flushing = false) => this with { IsPatient = true, Flushes = flushing };

    /// <summary>A member of the answer's JSON.</summary>
    public HostStep With(string path, string expected) =>
        Check(answer => Assert.True(answer.Run.Expand(expected) == answer.Find(path), $"{path} is {answer.Find(path) ?? "absent"} instead of {answer.Run.Expand(expected)}. {answer}"));

    public HostStep With(string path, long expected) => With(path, expected.ToString(CultureInfo.InvariantCulture));

    public HostStep With(string path, bool expected) => With(path, expected ? "true" : "false");

    public HostStep Without(string path) => Check(answer => Assert.True(answer.Find(path) is null, $"{path} is there. {answer}"));

    public HostStep WithHeader(string name, string expected) => Check(answer => Assert.Equal($"{name}: {answer.Run.Expand(expected)}", $"{name}: {answer.Header(name)}"));

    public HostStep WithoutHeader(string name) => Check(answer => Assert.Null(answer.Header(name)));

    public HostStep WithoutBody() => Check(answer => Assert.Empty(answer.Body));

    public HostStep OfType(string mediaType) => Check(answer => Assert.Equal(mediaType, answer.ContentType));

    /// <summary>Keeps a member of the answer's JSON as <c>$name</c>.</summary>
    public HostStep Keep(string name, string path) => Check(answer => answer.Run.Keep(name, answer.Find(path) ?? throw new InvalidDataException($"There is no {path}. {answer}")));

    public HostStep KeepHeader(string name, string header) => Check(answer => answer.Run.Keep(name, answer.Header(header) ?? throw new InvalidDataException($"There is no {header}. {answer}")));

    public HostStep Check(Action<HostAnswer> check) => this with { Checks = [.. Checks, check] };

    public override string ToString() => $"{Method} {Path}";

    internal static byte[] Gzip(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(body);
        return compressed.ToArray();
    }
}
