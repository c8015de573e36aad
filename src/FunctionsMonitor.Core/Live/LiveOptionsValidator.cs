using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Live;

internal sealed class LiveOptionsValidator : IValidateOptions<LiveOptions>
{
    public ValidateOptionsResult Validate(string? name, LiveOptions options) => new OptionFaults(LiveOptions.Section)
        .Between(nameof(options.MaxSubscribers), options.MaxSubscribers, 1, 10_000)
        .Between(nameof(options.QueueEvents), options.QueueEvents, 1, 100_000)
        .Between(nameof(options.QueueBytes), options.QueueBytes, 64 * 1024, 256 * 1024 * 1024)
        .Between(nameof(options.Linger), options.Linger, TimeSpan.Zero, TimeSpan.FromMinutes(10))
        .Between(nameof(options.Heartbeat), options.Heartbeat, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5))
        .Between(nameof(options.MaxDuration), options.MaxDuration, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1))
        .Between(nameof(options.ResumeEvents), options.ResumeEvents, 0, 10_000)
        .Between(nameof(options.PresenceInterval), options.PresenceInterval, TimeSpan.Zero, TimeSpan.FromMinutes(1))
        .ToResult();
}
