import type { ReplayReport } from './types';

export interface ReplayProgress { matched: number; replayed: number; rejected: number; done: boolean; stopped: boolean; note: string }

const step = 250;

/**
 * Replays by filter in small calls, so that there is progress to show and a moment to stop at. A call that puts nothing back ends it: what
 * is left was refused, and would be again.
 */
export async function replayAll(
  replay: (options: { limit: number }) => Promise<ReplayReport>, matched: number, report: (progress: ReplayProgress) => void, isStopped: () => boolean,
): Promise<ReplayProgress> {
  const progress: ReplayProgress = { matched, replayed: 0, rejected: 0, done: false, stopped: false, note: '' };
  report({ ...progress });
  while (!progress.done) {
    if (isStopped()) {
      progress.stopped = true;
      progress.note = 'Stopped. What was replayed until then stays replayed.';
      break;
    }

    const answer = await replay({ limit: step });
    progress.replayed += answer.replayed;
    progress.rejected = answer.rejected;
    progress.done = answer.remaining === 0 || answer.replayed === 0;
    if (progress.done)
      progress.note = answer.rejected > 0 ? `${answer.rejected} were refused: invalid while validation is strict, or past the retention.` : '';
    report({ ...progress });
  }

  return progress;
}
