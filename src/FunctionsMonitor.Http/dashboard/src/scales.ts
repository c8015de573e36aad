import { count, number, took } from './format';

/** An axis of values: what its ticks say, and where it begins and ends if not where its values do. */
export interface Axis { scale: string; unit: (value: number) => string; side?: 1 | 3; min?: number; max?: number; steps?: number[] }

const clock = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', options);
const seconds = clock({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const minutes = clock({ hour: '2-digit', minute: '2-digit' });
const days = clock({ day: '2-digit', month: 'short' });

/** Steps between ticks of what is counted: half an event is none. */
const whole = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map(step => step * 10 ** power)).flat();

export const axisOf = {
  rate: { scale: 'y', unit: (value: number) => `${number(value)}/s` },
  percent: { scale: 'y', unit: (value: number) => `${number(value)} %`, min: 90, max: 100 },
  time: { scale: 'y', unit: took },
  events: { scale: 'y', unit: (value: number) => `${count(value)} ev`, steps: whole },
  eventsRight: { scale: 'events', unit: (value: number) => `${count(value)} ev`, side: 1 as const, steps: whole },
} satisfies Record<string, Axis>;

/** From zero, with room above; a flat zero still has a scale. With an end of its own: from its beginning, or further down to what is below it. */
export function bounds(axis: Axis, min: number | null, max: number | null): [number, number] {
  if (axis.max !== undefined)
    return [Math.max(0, Math.min(axis.min ?? 0, Math.floor((min ?? axis.max) - 1))), axis.max];
  return [0, (max ?? 0) * 1.1 || 1];
}

/** A time on an axis: as fine as the step from one to the next, and at midnight the day that begins. */
export function tick(at: number, step: number): string {
  const date = new Date(at * 1000);
  const isMidnight = date.getHours() + date.getMinutes() + date.getSeconds() === 0;
  return (step >= 86_400 || isMidnight ? days : step < 60 ? seconds : minutes).format(date);
}
