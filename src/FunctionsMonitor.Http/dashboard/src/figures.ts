import { Chart, type Line } from './charts';
import { count, number, percent, plural, took } from './format';
import type { Range } from './ranges';
import { axisOf } from './scales';
import { depthOf, flushesOf, passRateOf, ratesOf, stack, type Sample } from './series';
import type { Flush, Validation } from './types';

export interface ChartFacts { validation: Validation; flushes: Flush[]; from: number; range: Range; limit: number }

const palette = ['--series-1', '--series-2', '--series-3', '--series-4', '--series-5', '--series-6', '--series-7'];

/** The four charts over one range; they share zoom and cursor. */
export class Figures {
  private zoom: [number, number] | null = null;
  private readonly onZoom = (range: [number, number] | null) => this.setZoom(range);
  private readonly rate = new Chart('rate', 'Events per second by type', [axisOf.rate], this.onZoom);
  private readonly pass = new Chart('pass', 'Pass rate of validation', [axisOf.percent], this.onZoom);
  private readonly flush = new Chart('flush', 'Flush duration and size', [axisOf.time, axisOf.eventsRight], this.onZoom);
  private readonly depth = new Chart('depth', 'Buffer depth', [axisOf.events], this.onZoom);
  private readonly all = [this.rate, this.pass, this.flush, this.depth];

  constructor(element: Element, private readonly zoomChanged: (zoomed: boolean) => void) {
    element.append(...this.all.map(chart => chart.element));
  }

  setZoom(range: [number, number] | null): void {
    this.zoom = range;
    for (const chart of this.all)
      chart.zoom(range);
    this.zoomChanged(range !== null);
  }

  recolor(): void {
    for (const chart of this.all)
      chart.recolor();
  }

  wait(why: string): void {
    for (const chart of this.all)
      chart.wait(why);
  }

  show(facts: ChartFacts, samples: Sample[], now: number): void {
    const { validation, flushes, from, range } = facts;
    const span = { from, to: now };
    const knownUntil = flushes[0] ? Date.parse(flushes[0].started_at) + flushes[0].duration_ms : now;
    const nothing = `No event in the last ${range.label} reached the store.`;

    const rates = ratesOf(validation, from, now, range.bucketMs, knownUntil);
    const reversed = rates.types.map((type, index) => ({ type, index })).reverse();
    this.rate.show({
      ...span, columns: [rates.times, ...stack(rates.rates)], empty: nothing,
      lines: reversed.map(({ type, index }): Line => ({
        label: type, color: palette[index % palette.length]!, kind: 'bars', shown: (_, at) => `${number(rates.rates[index]![at] ?? 0)}/s`,
      })),
      said: `Events per second by type over ${range.label}: ${validation.types.map(type => `${type.event_type} ${plural(type.total, 'event')}`).join(', ') || 'none'}.`,
    }, this.zoom);

    const [times, passed, failed] = passRateOf(validation, from, now, range.bucketMs);
    const totals = validation.types.reduce((sum, type) => ({ passed: sum.passed + type.passed, failed: sum.failed + type.failed }), { passed: 0, failed: 0 });
    const all = totals.passed + totals.failed;
    this.pass.show({
      ...span, columns: [times!, passed!], empty: nothing,
      lines: [{ label: 'passed', color: '--series-3', kind: 'line', fill: true, shown: (value, at) => `${percent(value / 100)}, ${count(failed![at] ?? 0)} failed` }],
      said: all > 0 ? `Pass rate over ${range.label}: ${percent(totals.passed / all)} of ${plural(all, 'event')}.` : nothing,
    }, this.zoom);

    const reach = flushes.length === facts.limit && flushes.length > 0 ? ` The last ${count(facts.limit)} flushes do not reach further back.` : '';
    const inRange = flushesOf(flushes, from);
    this.flush.show({
      ...span, columns: [inRange[0]!, inRange[3]!, inRange[1]!, inRange[2]!], empty: `No flush in the last ${range.label}.`,
      lines: [
        { label: 'events', color: '--series-6', scale: 'events', kind: 'points', shown: value => plural(value, 'event') },
        { label: 'duration', color: '--series-1', kind: 'line', shown: took },
        { label: 'failed', color: '--bad', kind: 'points', shown: value => `after ${took(value)}` },
      ],
      said: `${plural(inRange[0]!.length, 'flush', 'flushes')} in ${range.label}.${reach}`,
    }, this.zoom);

    const since = samples[0] ? new Date(samples[0].at).toLocaleTimeString('en-GB') : '';
    this.depth.show({
      ...span, columns: depthOf(samples, flushes, from), empty: 'No flush in this time, and this page has only just begun to look.',
      lines: [
        { label: `seen by this page since ${since}`, color: '--series-2', kind: 'line', fill: true, shown: value => plural(value, 'event') },
        { label: 'found by a flush', color: '--series-6', kind: 'points', shown: value => plural(value, 'event') },
      ],
      said: `Buffer depth: ${plural(samples.at(-1)?.events ?? 0, 'event')} now. Before ${since} only what each flush found is known.`,
    }, this.zoom);
  }
}
