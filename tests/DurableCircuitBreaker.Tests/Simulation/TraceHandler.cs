using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace DurableCircuitBreaker.Tests.Simulation;

/// <summary>Makes the text of a line only when somebody will read it: nearly all simulations end without.</summary>
[InterpolatedStringHandler]
internal readonly ref struct TraceHandler
{
    private readonly StringBuilder? text;

    public TraceHandler(int literalLength, int formattedCount, Simulation simulation, out bool isEnabled)
    {
        isEnabled = simulation.IsTraced;
        text = isEnabled ? new StringBuilder(literalLength + formattedCount * 8) : null;
    }

    public void AppendLiteral(string value) => text!.Append(value);

    public void AppendFormatted<T>(T value) => text!.Append(CultureInfo.InvariantCulture, $"{value}");

    public void AppendFormatted<T>(T value, string format)
        where T : IFormattable => text!.Append(value.ToString(format, CultureInfo.InvariantCulture));

    public override string ToString() => text?.ToString() ?? "";
}
