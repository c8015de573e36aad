import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { h, patch } from './dom';
import { number } from './format';
import { bounds, tick, type Axis } from './scales';
import type { Columns } from './series';

export interface Line {
  label: string;
  /** A custom property of the style sheet. */
  color: string;
  scale?: string;
  kind: 'bars' | 'line' | 'points';
  fill?: boolean;
  /** What is said of a value at the cursor; the column's own unless another is given. */
  shown?: (value: number, index: number) => string;
}

export interface ChartData { columns: Columns; lines: Line[]; from: number; to: number; empty: string; said: string }

const sync = uPlot.sync('time');
const color = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const exact = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** One figure: head, plot, and the values at the cursor. Arrows move the cursor, + and - zoom, Escape shows all. */
export class Chart {
  readonly element: HTMLElement;
  private readonly plot: HTMLElement;
  private readonly legend: HTMLElement;
  private readonly notice: HTMLElement;
  private chart: uPlot | null = null;
  private data: ChartData | null = null;
  private shape = '';

  constructor(readonly id: string, title: string, private readonly axes: Axis[], private readonly zoomed: (range: [number, number] | null) => void) {
    this.plot = h('div', { class: 'plot', tabindex: 0, role: 'img', 'aria-label': title });
    this.legend = h('div', { class: 'legend' });
    this.notice = h('p', { class: 'empty' }, 'Loading …');
    this.element = h('figure', { id: `chart-${id}` }, h('figcaption', {}, title), h('div', { class: 'plotted' }, this.plot, this.notice), this.legend);
    this.plot.addEventListener('keydown', event => this.onKey(event));
    new ResizeObserver(() => this.resize()).observe(this.plot);
  }

  show(data: ChartData, zoom: [number, number] | null): void {
    this.data = data;
    const isEmpty = !data.columns.slice(1).some(column => column.some(value => value !== null));
    this.notice.textContent = isEmpty ? data.empty : '';
    this.plot.setAttribute('aria-label', data.said);
    // Drawn anew only when it has other lines; else the data are put in place.
    const shape = JSON.stringify(data.lines.map(line => [line.label, line.color, line.kind]));
    if (this.chart === null || shape !== this.shape) {
      this.chart?.destroy();
      this.shape = shape;
      this.chart = new uPlot(this.options(data), data.columns as uPlot.AlignedData, this.plot);
    } else {
      this.chart.setData(data.columns as uPlot.AlignedData, false);
    }

    const [min, max] = zoom ?? [data.from / 1000, data.to / 1000];
    this.chart.setScale('x', { min, max });
    this.describe();
  }

  /** Why there is nothing to draw yet. */
  wait(why: string): void {
    this.notice.textContent = why;
  }

  zoom(range: [number, number] | null): void {
    if (!this.chart || !this.data)
      return;
    const [min, max] = range ?? [this.data.from / 1000, this.data.to / 1000];
    this.chart.setScale('x', { min, max });
  }

  /** Colours come from the style sheet, which follows the system's. */
  recolor(): void {
    this.shape = '';
  }

  private options(data: ChartData): uPlot.Options {
    const muted = color('--muted');
    const grid = { stroke: color('--grid'), width: 1 };
    const bars = uPlot.paths.bars!({ size: [0.86, 40], align: 1 });
    const stepped = uPlot.paths.stepped!({ align: 1 });
    return {
      ...this.size(),
      padding: [8, this.axes.length > 1 ? 0 : 20, 0, 0],
      cursor: { sync: { key: sync.key }, drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
      legend: { show: false },
      scales: {
        x: { time: true },
        ...Object.fromEntries(this.axes.map(axis => [axis.scale, { range: (_: uPlot, min: number | null, max: number | null) => bounds(axis, min, max) }])),
      },
      axes: [
        { stroke: muted, grid: { show: false }, ticks: grid, size: 2 * px(), space: 5 * px(), font: font(), values: (_, splits, _axis, _space, step) => splits.map(split => tick(split, step)) },
        ...this.axes.map((axis): uPlot.Axis => ({
          scale: axis.scale, side: axis.side ?? 3, stroke: muted, grid: axis.side === 1 ? { show: false } : grid, ticks: { show: false }, size: 4.15 * px(), font: font(),
          space: 2.4 * px(), values: (_, splits) => splits.map(axis.unit), ...(axis.steps ? { incrs: axis.steps } : {}),
        })),
      ],
      series: [{}, ...data.lines.map((line): uPlot.Series => ({
        scale: line.scale ?? this.axes[0]!.scale,
        stroke: color(line.color),
        fill: line.kind === 'bars' ? color(line.color) : line.fill ? `color-mix(in srgb, ${color(line.color)} 14%, transparent)` : undefined,
        width: line.kind === 'bars' ? 0 : 1.75,
        paths: line.kind === 'bars' ? bars : line.kind === 'line' ? stepped : () => null,
        points: line.kind === 'points' ? { show: true, size: 6, fill: color(line.color), width: 0 } : { show: line.kind === 'line' ? (_: uPlot, __: number, first: number, last: number) => last - first < sparse : false, size: 4, fill: color(line.color), width: 0 },
        spanGaps: false,
      } as uPlot.Series))],
      hooks: {
        setCursor: [() => this.describe()],
        setSelect: [chart => {
          if (chart.select.width > 4)
            this.zoomed([chart.posToVal(chart.select.left, 'x'), chart.posToVal(chart.select.left + chart.select.width, 'x')]);
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        }],
        ready: [chart => chart.over.addEventListener('dblclick', () => this.zoomed(null))],
      },
    };
  }

  /** The values at the cursor; without one, the last. */
  private describe(): void {
    if (!this.data || !this.chart)
      return;
    const { columns, lines } = this.data;
    const cursor = this.chart.cursor.idx;
    const index = cursor ?? lastKnown(columns);
    const at = columns[0]?.[index ?? -1];
    const entries = lines.map((line, place) => {
      const value = index === null ? null : columns[place + 1]?.[index] ?? null;
      const text = value === null ? '–' : line.shown ? line.shown(value, index!) : number(value);
      return h('span', { class: 'entry', key: line.label }, h('i', { class: `swatch ${line.color.slice(2)}` }), h('span', { class: 'name' }, line.label), ' ', h('b', {}, text));
    });
    const when = at ? `${cursor === null || cursor === undefined ? 'last: ' : ''}${exact.format(new Date(at * 1000))}` : '';
    patch(this.legend, [h('span', { class: 'when', key: 'when' }, when), ...entries.reverse()]);
  }

  private onKey(event: KeyboardEvent): void {
    const chart = this.chart;
    if (!chart || !this.data || event.ctrlKey || event.metaKey || event.altKey)
      return;
    const times = this.data.columns[0]!;
    const { min, max } = chart.scales['x']!;
    if ((event.key === 'ArrowLeft' || event.key === 'ArrowRight') && times.length > 0) {
      const from = chart.cursor.idx ?? times.length - 1;
      const index = Math.min(Math.max(from + (event.key === 'ArrowLeft' ? -1 : 1), 0), times.length - 1);
      chart.setCursor({ left: chart.valToPos(times[index]!, 'x'), top: 10 });
    } else if ((event.key === '+' || event.key === '-') && min !== undefined && max !== undefined) {
      const middle = (min! + max!) / 2;
      const half = ((max! - min!) / 2) * (event.key === '+' ? 0.5 : 2);
      const [from, to] = [this.data.from / 1000, this.data.to / 1000];
      this.zoomed(half * 2 >= to - from ? null : [Math.max(middle - half, from), Math.min(middle + half, to)]);
    } else if (event.key === 'Escape') {
      this.zoomed(null);
    } else {
      return;
    }

    event.preventDefault();
  }

  private size(): { width: number; height: number } {
    return { width: Math.max(this.plot.clientWidth, 120), height: Math.max(this.plot.clientHeight, 120) };
  }

  private resize(): void {
    const size = this.size();
    if (this.chart && (this.chart.width !== size.width || this.chart.height !== size.height))
      this.chart.setSize(size);
  }
}

function lastKnown(columns: Columns): number | null {
  for (let index = (columns[0]?.length ?? 0) - 1; index >= 0; index--) {
    if (columns.slice(1).some(column => column[index] !== null && column[index] !== undefined))
      return index;
  }

  return null;
}

/** So few values that a line between them could be missed, or is none. */
const sparse = 40;

/** A canvas knows nothing of the page's own size of letters, which grows on a wall. */
const px = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
const font = () => `${Math.round(0.8 * px())}px system-ui, sans-serif`;
