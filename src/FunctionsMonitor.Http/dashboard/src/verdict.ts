import { duration } from './format';
import type { Status, Summary } from './types';

export type Level = Status | 'unknown';

export interface Action { do: 'flush' | 'refresh' | 'reset'; name?: string; label: string }
export interface Cause { what: string; text: string; level: Level; actions: Action[] }
export interface Verdict { level: Level; word: string; since: number | null; causes: Cause[]; note: string }

export interface Connection {
  /** When the server last answered. */
  answeredAt: number | null;
  /** Since when it does not; null while it does. */
  lostSince: number | null;
  error: string;
}

const words: Record<Level, string> = { healthy: 'Healthy', degraded: 'Degraded', unhealthy: 'Unhealthy', unknown: 'No answer' };
const faultNames: Record<string, string> = {
  last_flush: 'last flush', next_flush: 'next flush', ledger: 'ledger', dead_letters: 'dead letters', last_operation_id: 'operator log',
};

/** What is said first: how it is, since when, why, and what to press. */
export function judge(summary: Summary | null, connection: Connection, now: number): Verdict {
  if (connection.lostSince !== null) {
    const note = connection.answeredAt === null || summary === null
      ? 'It has not answered since this page was opened.'
      : `What is below is ${duration(now - connection.answeredAt)} old. Then it was ${summary.status}.`;
    return {
      level: 'unknown', word: words.unknown, since: connection.lostSince, note,
      causes: [{ what: 'connection', text: connection.error, level: 'unknown', actions: [{ do: 'refresh', label: 'Look again' }] }],
    };
  }

  if (summary === null)
    return { level: 'unknown', word: 'Looking …', since: null, causes: [], note: '' };

  const causes: Cause[] = summary.checks.filter(check => check.status !== 'healthy').map(check => ({
    what: check.name, text: check.cause ?? check.status, level: check.status, actions: actionsFor(check.name, summary),
  }));
  if (summary.ledger && !summary.ledger.balanced)
    causes.push({ what: 'ledger', text: `The books do not balance: ${summary.ledger.missing} events missing, ${summary.ledger.gaps} gaps.`, level: 'unhealthy', actions: [] });
  // One sick store is one line, whatever parts it takes with it.
  for (const cause of new Set(summary.faults.map(fault => fault.cause))) {
    const parts = summary.faults.filter(fault => fault.cause === cause).map(fault => faultNames[fault.part] ?? fault.part);
    causes.push({ what: parts.join(', '), text: cause, level: 'degraded', actions: [] });
  }

  // A verdict of "healthy" beside books that do not balance would be a lie.
  const level = worst([summary.status, ...causes.map(cause => cause.level)]);
  const well = summary.checks.filter(check => check.status === 'healthy').map(check => check.name);
  return {
    level, word: words[level], since: level === summary.status ? Date.parse(summary.status_since) : null, causes,
    note: well.length > 0 ? `${causes.length > 0 ? 'Well' : 'All checks pass'}: ${well.join(', ')}` : '',
  };
}

function actionsFor(check: string, summary: Summary): Action[] {
  if (check === 'metrics-store') {
    const stuck = summary.breakers.filter(breaker => breaker.state !== 'closed');
    return stuck.map(breaker => ({ do: 'reset', name: breaker.name, label: `Reset ${breaker.name}` }));
  }

  return check === 'buffer' || check === 'flush' ? [{ do: 'flush', label: 'Flush now' }] : [];
}

function worst(levels: Level[]): Level {
  const order: Level[] = ['healthy', 'degraded', 'unhealthy', 'unknown'];
  return levels.reduce((a, b) => (order.indexOf(b) > order.indexOf(a) ? b : a));
}
