using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Idempotency;

internal sealed class IdempotencyOptionsValidator : IValidateOptions<IdempotencyOptions>
{
    public ValidateOptionsResult Validate(string? name, IdempotencyOptions options) => new OptionFaults(IdempotencyOptions.Section)
        .Between(nameof(options.KeyLifetime), options.KeyLifetime, TimeSpan.FromMinutes(1), TimeSpan.FromDays(7))
        .Between(nameof(options.StoreTimeout), options.StoreTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1))
        .ToResult();
}
