using FunctionsMonitor.Events;
using NpgsqlTypes;

namespace FunctionsMonitor.Storage.Postgres;

/// <summary>Events that are known to be refused, with the reason, column by column.</summary>
internal sealed class DeadLetterColumns
{
    private readonly EventColumns events = EventColumns.ToBury();
    private readonly Column<string> reasons = new("d_reasons", NpgsqlDbType.Text);
    private readonly Column<string> details = new("d_details", NpgsqlDbType.Text);

    public IReadOnlyList<Column> All => [.. events.All, reasons, details];

    public int Count => events.Count;

    public void Add(Guid segmentId, int position, in MonitoringEvent item, RowRefusal refusal)
    {
        events.Add(segmentId, position, isInRow: false, item);
        reasons.Add(refusal.Reason);
        details.Add(refusal.Detail);
    }
}
