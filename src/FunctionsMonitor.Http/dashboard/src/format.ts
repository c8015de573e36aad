// Figures for people. Every one has its unit.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short' });

export const count = (value: number): string => whole.format(value);

/** "1 event", "2,000 events". */
export const plural = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`;

/** Three digits that say something: 0.034, 1.25, 98.1, 12,345. */
export const number = (value: number): string => (Math.abs(value) >= 1000 ? whole.format(value) : fine.format(value));

export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }

  return `${number(value)} ${units[unit]}`;
}

/** Two units at most, and none below the second unless it is all there is: "430 ms", "12 s", "3 min 20 s", "2 h 5 min", "4 d 3 h". */
export function duration(milliseconds: number): string {
  const value = Math.max(0, milliseconds);
  if (value < 1000)
    return `${number(value)} ms`;
  const seconds = Math.floor(value / 1000);
  const steps: [number, string][] = [[86_400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
  const first = steps.findIndex(([size]) => seconds >= size);
  const [size, unit] = steps[first]!;
  const next = steps[first + 1];
  const rest = next ? Math.floor((seconds % size) / next[0]) : 0;
  return `${Math.floor(seconds / size)} ${unit}${next && rest > 0 ? ` ${rest} ${next[1]}` : ''}`;
}

/** How long something took that was measured: three digits below a minute, "1.93 s". */
export const took = (milliseconds: number): string =>
  (milliseconds >= 999.5 && milliseconds < 59_950 ? `${number(milliseconds / 1000)} s` : duration(milliseconds));

/** How long ago, in whole seconds: what changes every tick should not flicker between units of a second. */
export const age = (from: number, now: number): string => (now - from < 1000 ? 'just now' : `${duration(Math.floor((now - from) / 1000) * 1000)} ago`);

export const percent = (share: number): string => {
  // 99.97 % is not all: it must not be rounded to it.
  const value = share === 1 ? 100 : Math.min(Math.floor(share * 10_000) / 100, 99.99);
  return `${value} %`;
};

/** The reader's own clock; with the day unless that is today. */
export function time(at: string | number, now: number): string {
  const date = new Date(at);
  return date.toDateString() === new Date(now).toDateString() ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`;
}

/** One line of JSON, cut where it gets long. */
export function json(value: unknown, length = 160): string {
  const text = value === undefined ? '' : JSON.stringify(value);
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}

/** The unit of a flag's number, which its name tells. */
export function unitOf(flag: string): string {
  return flag.endsWith('_MS') ? ' ms' : flag.endsWith('_INTERVAL') ? ' s' : flag.endsWith('_SIZE') ? ' events' : '';
}
