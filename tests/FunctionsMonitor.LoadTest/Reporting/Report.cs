using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FunctionsMonitor.TestSupport.Measuring;

namespace FunctionsMonitor.LoadTest.Reporting;

/// <summary>A table on the console, row by row as they come, and the same as JSON in a file at the end.</summary>
internal sealed class Report(string scenario, TimeProvider time)
{
    private readonly List<(string Section, string What, IReadOnlyList<Figure> Figures)> rows = [];
    private readonly DateTimeOffset begun = time.GetUtcNow();
    private readonly string loadBefore = Machine.Load;
    private string section = "";
    private string columns = "";

    /// <summary>Rows of load of which something failed, or nothing came.</summary>
    public IReadOnlyList<string> Failed =>
    [
        .. rows.Where(row => row.Figures.Any(figure => (figure.Name == "failed" && figure.Value > 0) || (figure.Name == "requests/s" && figure.Value == 0)))
            .Select(row => row.What),
    ];

    /// <summary>Begins a table.</summary>
    public void Section(string title)
    {
        (section, columns) = (title, "");
        Console.WriteLine($"\n{title}\n");
    }

    public void Row(string what, IReadOnlyList<Figure> figures)
    {
        rows.Add((section, what, figures));
        var names = string.Join(" | ", figures.Select(figure => figure.Name));
        if (names != columns)
        {
            columns = names;
            Console.WriteLine($"| | {names} |\n| --- |{string.Concat(figures.Select(_ => " ---: |"))}");
        }

        Console.WriteLine($"| {what} | {string.Join(" | ", figures)} |");
    }

    /// <summary>Writes the file and says where.</summary>
    public void Save(string folder)
    {
        var path = Path.Combine(
            Directory.CreateDirectory(folder).FullName, string.Create(CultureInfo.InvariantCulture, $"{scenario}-{begun:yyyyMMdd'T'HHmmss}.json"));
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("scenario", scenario);
        json.WriteString("begun_at", begun);
        json.WriteNumber("seconds", (time.GetUtcNow() - begun).TotalSeconds);
        json.WriteString("load_before", loadBefore);
        json.WriteString("load_after", Machine.Load);
        json.WriteString("runtime", Environment.Version.ToString());
        json.WriteStartArray("rows");
        foreach (var (title, what, figures) in rows)
        {
            json.WriteStartObject();
            json.WriteString("section", title);
            json.WriteString("what", what);
            foreach (var figure in figures)
                json.WriteNumber(figure.Name, double.IsFinite(figure.Value) ? figure.Value : throw new UnreachableException($"{what}: {figure.Name} is no number."));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        Console.WriteLine($"\nBefore: {loadBefore}; after: {Machine.Load}. All of it: {path}");
    }
}
