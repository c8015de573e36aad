using System.Globalization;

namespace FunctionsMonitor.LoadTest.Reporting;

/// <summary>A number with its name and the digits that mean something.</summary>
internal readonly record struct Figure(string Name, double Value, string Format)
{
    public override string ToString() => Value.ToString(Format, CultureInfo.InvariantCulture);
}
