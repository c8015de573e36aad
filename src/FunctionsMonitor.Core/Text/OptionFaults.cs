using System.Globalization;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Text;

/// <summary>Collects what is wrong with one options object, each fault naming its setting, so that one start shows all of them.</summary>
/// <param name="section">The configuration section of the object.</param>
internal sealed class OptionFaults(string section)
{
    private readonly List<string> faults = [];

    public OptionFaults Between<T>(string member, T value, T minimum, T maximum) where T : IComparable<T>, IFormattable
    {
        if (value.CompareTo(minimum) < 0 || value.CompareTo(maximum) > 0)
            faults.Add(string.Create(
                CultureInfo.InvariantCulture, $"{section}:{member} is {value}; it must be from {minimum} to {maximum}."));
        return this;
    }

    public OptionFaults Must(bool holds, string member, string rule)
    {
        if (!holds)
            faults.Add($"{section}:{member} {rule}.");
        return this;
    }

    public ValidateOptionsResult ToResult() => faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
}
