import type { Flush, Validation } from './types';

/** Columns as uPlot takes them; times in seconds. */
export type Columns = (number | null)[][];

export interface RateSeries { times: number[]; types: string[]; rates: (number | null)[][] }

export const otherTypes = 'other types';

/**
 * Events per second by type and bucket; the busiest types, and one for the rest. What the last flush has not seen yet is not known and not
 * zero; of the bucket it fell into, the part until then counts.
 */
export function ratesOf(validation: Validation, from: number, to: number, bucketMs: number, knownUntil: number, maxTypes = 7): RateSeries {
  const byTotal = [...validation.types].sort((a, b) => b.total - a.total || (a.event_type < b.event_type ? -1 : 1)).map(type => type.event_type);
  const shown = byTotal.length > maxTypes ? byTotal.slice(0, maxTypes - 1) : byTotal;
  const types = byTotal.length > maxTypes ? [...shown, otherTypes] : shown;
  const times = bucketStarts(from, to, bucketMs);
  const rates = types.map(() => times.map(start => (start >= knownUntil ? null : 0) as number | null));
  const place = new Map(times.map((start, index) => [start, index]));
  const row = new Map(shown.map((type, index) => [type, index]));
  for (const figures of validation.series ?? []) {
    const start = bucketOf(figures.start!, bucketMs);
    const at = place.get(start);
    if (at === undefined)
      continue;
    const column = rates[row.get(figures.event_type) ?? types.length - 1]!;
    column[at] = (column[at] ?? 0) + figures.total / secondsKnown(start, bucketMs, knownUntil);
  }

  return { times: times.map(start => start / 1000), types, rates };
}

/** Sums from the first up, the last first: drawn in this order each covers the foot of the one before. */
export function stack(rates: (number | null)[][]): (number | null)[][] {
  const sums: (number | null)[][] = [];
  rates.forEach((column, index) => sums.push(column.map((value, at) => {
    const below = index === 0 ? 0 : sums[index - 1]![at] ?? null;
    return value === null || below === null ? null : value + below;
  })));
  return sums.reverse();
}

/** Passed of all that was validated, in percent; null where nothing was. */
export function passRateOf(validation: Validation, from: number, to: number, bucketMs: number): Columns {
  const sums = new Map<number, { passed: number; failed: number }>();
  for (const figures of validation.series ?? []) {
    const start = bucketOf(figures.start!, bucketMs);
    const sum = sums.get(start) ?? { passed: 0, failed: 0 };
    sums.set(start, { passed: sum.passed + figures.passed, failed: sum.failed + figures.failed });
  }

  const times = bucketStarts(from, to, bucketMs);
  return [times.map(start => start / 1000), times.map(start => {
    const sum = sums.get(start);
    return sum && sum.passed + sum.failed > 0 ? (100 * sum.passed) / (sum.passed + sum.failed) : null;
  }), times.map(start => sums.get(start)?.failed ?? null)];
}

/** Flushes in time order: milliseconds of those that got through, of those that did not, and events. */
export function flushesOf(flushes: Flush[], from: number): Columns {
  const shown = flushes.filter(flush => Date.parse(flush.started_at) >= from).reverse();
  const failed = (flush: Flush) => flush.outcome === 'failed';
  return [
    shown.map(flush => Date.parse(flush.started_at) / 1000),
    shown.map(flush => (failed(flush) ? null : flush.duration_ms)),
    shown.map(flush => (failed(flush) ? flush.duration_ms : null)),
    shown.map(flush => flush.events),
  ];
}

export interface Sample { at: number; events: number }

/**
 * The depth of the buffer: what this page saw, and before that what each flush found when it began, for the server keeps no record of it.
 */
export function depthOf(samples: Sample[], flushes: Flush[], from: number): Columns {
  const began = samples[0]?.at ?? Infinity;
  const found = flushes.filter(flush => Date.parse(flush.started_at) >= from && Date.parse(flush.started_at) < began)
    .map(flush => ({ at: Date.parse(flush.started_at), events: flush.events })).reverse();
  const seen = samples.filter(sample => sample.at >= from);
  return [
    [...found, ...seen].map(point => point.at / 1000),
    [...found.map(() => null), ...seen.map(point => point.events)],
    [...found.map(point => point.events), ...seen.map(() => null)],
  ];
}

/** Keeps samples in bounds: when there are too many, every other one of the older half goes. */
export function thin(samples: Sample[], most: number): Sample[] {
  if (samples.length <= most)
    return samples;
  const half = Math.floor(samples.length / 2);
  return samples.filter((_, index) => index >= half || index % 2 === 0);
}

const bucketOf = (start: string, bucketMs: number): number => Math.floor(Date.parse(start) / bucketMs) * bucketMs;

function bucketStarts(from: number, to: number, bucketMs: number): number[] {
  const starts: number[] = [];
  for (let start = Math.floor(from / bucketMs) * bucketMs; start < to; start += bucketMs)
    starts.push(start);
  return starts;
}

/** At least ten seconds: a bucket that has only begun would show a rate that nobody sent. */
function secondsKnown(start: number, bucketMs: number, knownUntil: number): number {
  return Math.min(Math.max(knownUntil - start, 10_000), bucketMs) / 1000;
}
