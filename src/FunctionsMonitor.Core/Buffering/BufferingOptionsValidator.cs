using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Buffering;

internal sealed class BufferingOptionsValidator : IValidateOptions<BufferingOptions>
{
    private const int Mebibyte = 1024 * 1024;

    public ValidateOptionsResult Validate(string? name, BufferingOptions options) => new OptionFaults(BufferingOptions.Section)
        .Between(nameof(options.Linger), options.Linger, TimeSpan.Zero, TimeSpan.FromSeconds(5))
        .Between(nameof(options.MaxBytes), options.MaxBytes, Mebibyte, long.MaxValue)
        .Between(nameof(options.MaxAge), options.MaxAge, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30))
        .Between(nameof(options.SegmentBytes), options.SegmentBytes, 4096, 64 * Mebibyte)
        .Between(nameof(options.MaxCollectingBytes), options.MaxCollectingBytes, Mebibyte, 1024 * Mebibyte)
        .Between(nameof(options.WriteTimeout), options.WriteTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(3))
        .Between(nameof(options.DepthInterval), options.DepthInterval, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10))
        .ToResult();
}
