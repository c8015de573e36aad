import type { Summary } from './types';

export type Part = 'charts' | 'breakers' | 'flags' | 'dead' | 'tail' | 'operations';

export const allParts: Part[] = ['charts', 'breakers', 'flags', 'dead', 'tail', 'operations'];

/**
 * What has to be loaded anew after a summary: only what it shows to be another than before. This is what makes an idle page one small
 * request an interval. Stored events only ever come by a flush, so the charts, and what the tail's stream may have lost, follow the last flush.
 */
export function changedParts(before: Summary | null, after: Summary): Part[] {
  if (before === null || before.instance !== after.instance || before.since !== after.since)
    return allParts;
  if (before === after)
    return [];

  const parts: Part[] = [];
  const differs = (of: (summary: Summary) => unknown) => JSON.stringify(of(before)) !== JSON.stringify(of(after));
  const flushed = differs(summary => summary.last_flush?.flush_id);
  if (flushed)
    parts.push('charts', 'tail');
  if (differs(summary => summary.breakers))
    parts.push('breakers');
  if (differs(summary => summary.flags))
    parts.push('flags');
  if (differs(summary => summary.dead_letters))
    parts.push('dead');
  if (differs(summary => summary.last_operation_id)) {
    parts.push('operations');
    // A replay marks dead letters and leaves their number as it was.
    if (!parts.includes('dead'))
      parts.push('dead');
  }

  return parts;
}
