/** What is asked for by the interval is drawn in buckets, of one or more of them. */
export interface Range { id: string; label: string; ms: number; interval: '1m' | '5m' | '1h'; bucketMs: number }

const minute = 60_000;
const hour = 60 * minute;

/** The bucket of each range makes 168 bars at most: more would be hairlines, without a colour, where a chart is as wide as a phone or half a laptop. */
export const ranges: Range[] = [
  { id: '15m', label: '15 min', ms: 15 * minute, interval: '1m', bucketMs: minute },
  { id: '1h', label: '1 h', ms: hour, interval: '1m', bucketMs: minute },
  { id: '6h', label: '6 h', ms: 6 * hour, interval: '5m', bucketMs: 5 * minute },
  { id: '24h', label: '24 h', ms: 24 * hour, interval: '5m', bucketMs: 15 * minute },
  { id: '7d', label: '7 d', ms: 7 * 24 * hour, interval: '1h', bucketMs: hour },
  { id: '30d', label: '30 d', ms: 30 * 24 * hour, interval: '1h', bucketMs: 6 * hour },
];

export const rangeOf = (id: string | null): Range => ranges.find(range => range.id === id) ?? ranges[0]!;

/** The first bucket, whole. */
export const startOf = (range: Range, now: number): number => Math.floor((now - range.ms) / range.bucketMs) * range.bucketMs;

/** How long figures are new enough: a wide bucket hardly changes, and is dear to ask for. */
export const freshFor = (range: Range): number => Math.min(range.bucketMs / 6, 10 * minute);
