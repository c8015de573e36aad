using FunctionsMonitor.Text;
using Microsoft.Extensions.Options;

namespace FunctionsMonitor.Storage.Sharing;

/// <summary>
/// On Azure the number of instances is the platform's affair, and so is the life of each one's folder: events in a file there are gone with the next
/// scale-in, although they were acknowledged and their segments deleted. So it does not start.
/// </summary>
/// <param name="onAzure">Whether this is an app on Azure.</param>
internal sealed class InstancesOptionsValidator(bool onAzure) : IValidateOptions<InstancesOptions>
{
    public const string Refusal =
        "must be true, or PostgreSQL be set (Postgres:Host, Postgres:ConnectionString or ConnectionStrings:Postgres): segments are in a storage account that all "
        + "instances share, and the metrics store would be a file of each instance, which goes with it. True promises that there is never a second "
        + "instance and that FunctionsMonitor:DataPath outlives this one";

    public ValidateOptionsResult Validate(string? name, InstancesOptions options) => new OptionFaults(InstancesOptions.Section)
        .Must(!onAzure || options.SingleInstance, nameof(options.SingleInstance), Refusal)
        .ToResult();
}
