import { count, plural } from './format';
import type { ReplayProgress, ReplayReport } from './types';

/** What one call may replay; the server takes no more. */
export const mostReplayed = 10_000;

/** What share of what it may replay it has looked at. */
export const shareOf = ({ replayed, rejected, matched, limit }: ReplayProgress): number => (replayed + rejected) / Math.max(1, Math.min(matched, limit));

export const replayedOf = (replayed: number, matched: number): string => `${count(replayed)} of ${plural(matched, 'dead letter')} replayed.`;

const stops: Record<NonNullable<ReplayReport['stopped_by']>, string> = {
  cancelled: 'Stopped. What was replayed until then stays replayed.',
  breaker: 'It ended early: the metrics store\'s breaker let nothing through.',
  time: 'It ended early: the buffer was too slow for more.',
};

/** How a replay by filter ended, and what is left to know of it. */
export function outcomeOf(report: ReplayReport): string {
  return [
    replayedOf(report.replayed, report.matched),
    report.rejected > 0 ? `${count(report.rejected)} were refused: invalid while validation is strict, or past the retention.` : '',
    report.stopped_by ? stops[report.stopped_by] : report.remaining > 0 ? `${count(report.remaining)} are left: replay again to go on.` : '',
  ].filter(Boolean).join(' ');
}
