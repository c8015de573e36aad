import { describe, expect, it, vi } from 'vitest';
import { ApiError } from './api';
import { allParts, changedParts } from './changes';
import { EventFeed } from './feed';
import { age, bytes, duration, json, number, percent, plural, time, took, unitOf } from './format';
import { freshFor, ranges, rangeOf, startOf } from './ranges';
import { outcomeOf, shareOf } from './replay';
import { axisOf, bounds, tick } from './scales';
import { depthOf, flushesOf, otherTypes, passRateOf, ratesOf, stack, thin } from './series';
import { Tail } from './tail';
import type { Flush, ReplayReport, StoredEvent, Summary, Validation } from './types';
import { judge } from './verdict';

const start = Date.parse('2026-11-24T12:00:00Z');
const minute = 60_000;
const at = (minutes: number) => new Date(start + minutes * minute).toISOString();

const summary = (more: Partial<Summary> = {}): Summary => ({
  version: '0.1.0', instance: 'vm', since: at(0), status: 'healthy', status_since: at(1), checks: [
    { name: 'buffer', status: 'healthy', since: at(1) }, { name: 'metrics-store', status: 'healthy', since: at(1) },
  ],
  buffer: { segments: 0, events: 0, bytes: 0, over_cap: false }, next_flush: { enabled: true, at_events: 100 },
  ledger: { balanced: true, accepted: 0, unacknowledged: 0, stored: 0, duplicates: 0, dead_lettered: 0, expired: 0, pending: 0, quarantined: 0, missing: 0, gaps: 0, computed_at: at(0) },
  breakers: [{ name: 'metrics-store', state: 'closed', passing: true, votes: 0 }], dead_letters: {}, flags: { problems: 0, digest: 'a' }, faults: [], ...more,
});
const flush = (minutes: number, more: Partial<Flush> = {}): Flush => ({
  flush_id: `f${minutes}`, trigger: 'timer', started_at: at(minutes), duration_ms: 20, instance: 'vm', outcome: 'completed', segments: 1, events: 10, stored: 10,
  duplicates: 0, dead_lettered: 0, expired: 0, retries: 0, notes: [], ...more,
});
const connected = { answeredAt: start, lostSince: null, error: '' };

describe('figures for people', () => {
  it.each([
    [0, '0 ms'], [0.26, '0.26 ms'], [999, '999 ms'], [1000, '1 s'], [61_000, '1 min 1 s'], [120_000, '2 min'], [3_600_000, '1 h'], [3_661_000, '1 h 1 min'],
    [90_000_000, '1 d 1 h'], [-5, '0 ms'],
  ])('%d milliseconds are %s', (value, text) => expect(duration(value)).toBe(text));
  it.each([[0, '0 B'], [1023, '1,023 B'], [1024, '1 KiB'], [1_572_864, '1.5 MiB'], [2 ** 50, '1,024 TiB']])('%d bytes are %s', (value, text) => expect(bytes(value)).toBe(text));
  it.each([[1, '100 %'], [0.99999, '99.99 %'], [0.9999, '99.99 %'], [2 / 3, '66.66 %'], [0, '0 %']])('a share of %d is %s, and never rounded to all', (value, text) => expect(percent(value)).toBe(text));
  it.each([[0.03456, '0.0346'], [98.76, '98.8'], [12_345.6, '12,346']])('%d is %s', (value, text) => expect(number(value)).toBe(text));
  it.each([[999.4, '999 ms'], [999.6, '1 s'], [1934, '1.93 s'], [59_940, '59.9 s'], [59_960, '59 s'], [61_000, '1 min 1 s']])('%d measured milliseconds are %s', (value, text) => expect(took(value)).toBe(text));
  it('says the time of the reader\'s clock, and the day unless it is today', () => {
    const morning = new Date(2026, 10, 25, 3, 7, 9);
    expect(time(morning.getTime(), morning.getTime() + minute)).toBe('03:07:09');
    expect(time(morning.toISOString(), new Date(2026, 10, 26, 3, 7, 9).getTime())).toBe('25 Nov, 03:07:09');
    expect(time(morning.toISOString(), new Date(2027, 10, 25, 3, 7, 9).getTime())).toBe('25 Nov, 03:07:09');
  });
  it('counts in words, and looks back in whole seconds', () => {
    expect([plural(1, 'event'), plural(2000, 'event'), plural(2, 'retry', 'retries')]).toEqual(['1 event', '2,000 events', '2 retries']);
    expect([age(start, start + 900), age(start, start + 5999), age(start + 50, start)]).toEqual(['just now', '5 s ago', 'just now']);
    expect(['MONITORING_TIMEOUT_MS', 'MONITORING_METRICS_FLUSH_INTERVAL', 'MONITORING_BATCH_SIZE', 'MONITORING_DUAL_MODE'].map(unitOf)).toEqual([' ms', ' s', ' events', '']);
  });
  it('cuts JSON where it gets long', () => {
    expect(json({ a: 1 })).toBe('{"a":1}');
    expect(json('x'.repeat(500), 10)).toBe(`"${'x'.repeat(9)}…`);
    expect(json(undefined)).toBe('');
  });
});

describe('the verdict', () => {
  it('is the summary\'s, since when and what is well', () => {
    expect(judge(summary(), connected, start)).toEqual({ level: 'healthy', word: 'Healthy', since: start + minute, causes: [], note: 'All checks pass: buffer, metrics-store' });
  });
  it('names every cause and what to press for it', () => {
    const verdict = judge(summary({
      status: 'unhealthy',
      checks: [{ name: 'buffer', status: 'unhealthy', since: at(2), cause: 'Over its cap.' }, { name: 'metrics-store', status: 'degraded', since: at(3), cause: 'Breaker open.' }],
      breakers: [{ name: 'metrics-store', state: 'open', passing: false, votes: 1 }, { name: 'metrics-store-read', state: 'closed', passing: true, votes: 0 }],
    }), connected, start);
    expect(verdict.causes.map(cause => [cause.what, cause.text, cause.actions.map(action => action.label)])).toEqual([
      ['buffer', 'Over its cap.', ['Flush now']], ['metrics-store', 'Breaker open.', ['Reset metrics-store']],
    ]);
  });
  it('is never healthy beside books that do not balance, or parts that cannot be read', () => {
    expect(judge(summary({ ledger: { ...summary().ledger!, balanced: false, missing: 3 } }), connected, start)).toMatchObject({ level: 'unhealthy', since: null });
    const faults = [{ part: 'ledger', cause: 'No answer.' }, { part: 'last_operation_id', cause: 'Other.' }, { part: 'dead_letters', cause: 'No answer.' }];
    expect(judge(summary({ faults }), connected, start)).toMatchObject({ level: 'degraded', causes: [{ what: 'ledger, dead letters' }, { what: 'operator log' }] });
  });
  it('says how old what is shown is when the server is gone', () => {
    const lost = judge(summary(), { answeredAt: start, lostSince: start + 2000, error: 'The server cannot be reached.' }, start + 65_000);
    expect(lost).toMatchObject({ level: 'unknown', word: 'No answer', since: start + 2000, causes: [{ actions: [{ do: 'refresh' }] }], note: 'What is below is 1 min 5 s old. Then it was healthy.' });
    expect(judge(null, connected, start).word).toBe('Looking …');
  });
});

describe('what is loaded anew', () => {
  const before = summary({ last_flush: flush(1) });
  it('is nothing when nothing changed, and everything at first or from another life', () => {
    expect(changedParts(before, before)).toEqual([]);
    expect(changedParts(before, structuredClone(before))).toEqual([]);
    expect(changedParts(null, before)).toEqual(allParts);
    expect(changedParts(before, { ...before, since: at(9) })).toEqual(allParts);
  });
  it.each([
    [{ last_flush: flush(2) }, ['charts', 'tail']], [{ dead_letters: { conflict: 1 } }, ['dead']], [{ last_operation_id: 'x' }, ['operations', 'dead']],
    [{ flags: { problems: 0, digest: 'b' } }, ['flags']], [{ breakers: [] }, ['breakers']], [{ buffer: { segments: 1, events: 5, bytes: 9, over_cap: false } }, []],
  ] as [Partial<Summary>, string[]][])('%j makes %j due', (change, parts) => expect(changedParts(before, { ...before, ...change })).toEqual(parts));
});

describe('scales', () => {
  it.each([[null, null, 0, 1], [0, 0, 0, 1], [0.5, 10, 0, 11]] as [number | null, number | null, number, number][])('of values from %s to %s go from %s to %s', (min, max, from, to) => {
    const [start, end] = bounds(axisOf.events, min, max);
    expect([start, end]).toEqual([from, expect.closeTo(to)]);
  });
  it.each([[null, 90], [99, 90], [50.5, 49], [0, 0]] as [number | null, number][])('of a share whose least is %s begin at %s and end at 100 percent', (min, from) => expect(bounds(axisOf.percent, min, 100)).toEqual([from, 100]));
  it('have the unit at every tick, and no half events', () => {
    expect([axisOf.rate.unit(1250), axisOf.percent.unit(99.5), axisOf.time.unit(1500), axisOf.events.unit(20_000)]).toEqual(['1,250/s', '99.5 %', '1.5 s', '20,000 ev']);
    expect([axisOf.events, axisOf.eventsRight].flatMap(axis => axis.steps).filter(step => !Number.isInteger(step))).toEqual([]);
  });
  it.each([[30, '14:05:30'], [60, '14:05'], [3600, '14:05'], [86_400, '25 Nov'], [5 * 86_400, '25 Nov']])('tell times %d s apart as %s', (step, text) => expect(tick(new Date(2026, 10, 25, 14, 5, 30).getTime() / 1000, step)).toBe(text));
  it('name the day that begins', () => expect(tick(new Date(2026, 10, 25).getTime() / 1000, 3600)).toBe('25 Nov'));
});

describe('charts', () => {
  const figures = (type: string, minutes: number, passed: number, failed = 0) => ({ start: at(minutes), event_type: type, total: passed + failed, passed, failed, rejected: 0 });
  const total = (type: string, count: number) => ({ event_type: type, total: count, passed: count, failed: 0, rejected: 0 });
  const validation = (types: Validation['types'], series: Validation['series']): Validation => ({ from: at(0), to: at(4), interval: '1m', types, series });

  it('make rates of counts: zero where nothing came, unknown where no flush has looked yet', () => {
    const rates = ratesOf(validation([total('a', 90), total('b', 300)], [figures('a', 0, 60), figures('b', 1, 300), figures('a', 2, 30)]), start, start + 4 * minute, minute, start + 2.5 * minute);
    expect(rates.types).toEqual(['b', 'a']);
    expect(rates.times).toEqual([0, 1, 2, 3].map(minutes => (start + minutes * minute) / 1000));
    // The third minute is known for its first half: 30 events in 30 seconds.
    expect(rates.rates).toEqual([[0, 5, 0, null], [1, 0, 1, null]]);
    expect(stack(rates.rates)).toEqual([[1, 5, 1, null], [0, 5, 0, null]]);
  });
  it('merge what the server counts by the hour into the wider buckets of a month', () => {
    const hours = [0, 60, 300, 360].map(minutes => figures('a', minutes, 3600, 1200));
    const to = start + 12 * 60 * minute;
    expect(ratesOf(validation([total('a', 19_200)], hours), start, to, 360 * minute, to).rates).toEqual([[(3 * 4800) / 21_600, 4800 / 21_600]]);
    expect(passRateOf(validation([], hours), start, to, 360 * minute)[2]).toEqual([3600, 1200]);
  });
  it('do not make a flood of a bucket that has just begun', () => {
    expect(ratesOf(validation([total('a', 20)], [figures('a', 0, 20)]), start, start + minute, minute, start + 1000).rates).toEqual([[2]]);
  });
  it('show the busiest types and the sum of the others', () => {
    const types = Array.from({ length: 9 }, (_, index) => total(`t${index}`, 600 - 60 * index));
    const rates = ratesOf(validation(types, types.map(type => figures(type.event_type, 0, type.total))), start, start + minute, minute, start + minute);
    expect(rates.types).toEqual(['t0', 't1', 't2', 't3', 't4', 't5', otherTypes]);
    expect(rates.rates.at(-1)).toEqual([4 + 3 + 2]);
  });
  it('give a pass rate over all types, and none where nothing was validated', () => {
    const [, rate, failed] = passRateOf(validation([], [figures('a', 0, 3, 1), figures('b', 0, 4), figures('a', 2, 0)]), start, start + 3 * minute, minute);
    expect(rate).toEqual([87.5, null, null]);
    expect(failed).toEqual([1, null, 0]);
  });
  it('put flushes in time order, failed ones apart, and leave out what is older than the range', () => {
    expect(flushesOf([flush(3), flush(2, { outcome: 'failed', duration_ms: 900 }), flush(-5)], start)).toEqual([
      [2, 3].map(minutes => (start + minutes * minute) / 1000), [null, 20], [900, null], [10, 10],
    ]);
  });
  it('show what a flush found before the page began to look, and what the page saw since', () => {
    const [times, seen, found] = depthOf([{ at: start + 2 * minute, events: 7 }, { at: start + 3 * minute, events: 9 }], [flush(4), flush(1), flush(-9)], start);
    expect(times).toEqual([1, 2, 3].map(minutes => (start + minutes * minute) / 1000));
    expect([seen, found]).toEqual([[null, 7, 9], [10, null, null]]);
  });
  it('keep samples in bounds, the newest whole', () => {
    const samples = Array.from({ length: 101 }, (_, index) => ({ at: index, events: 0 }));
    const kept = thin(samples, 100);
    expect(kept.length).toBe(76);
    expect(kept.slice(-51)).toEqual(samples.slice(-51));
    expect(thin(kept, 100)).toBe(kept);
  });
  it('have whole buckets, few enough to draw, in every range', () => {
    for (const range of ranges) {
      expect(startOf(range, start + 12_345) % range.bucketMs).toBe(0);
      expect(range.ms / range.bucketMs).toBeLessThanOrEqual(168);
      expect(freshFor(range)).toBeLessThanOrEqual(600_000);
    }
    expect(rangeOf('nonsense')).toBe(ranges[0]);
  });
});

const stored = (id: string, more: Partial<StoredEvent> = {}): StoredEvent => ({
  event_id: id, event_type: 'a', timestamp: at(0), source: 's', received_at: at(0), validation: { validated: true, passed: true, errors: 0, warnings: 0 }, replayed: false,
  segment_id: 'x', ...more,
});

describe('the tail', () => {
  it('holds what comes while it is paused, and shows it afterwards', () => {
    const tail = new Tail();
    tail.add({ events: [stored('1')], skipped: false });
    tail.pause();
    tail.add({ events: [stored('3'), stored('2')], skipped: true });
    expect([tail.shown(10).map(event => event.event_id), tail.waiting, tail.skipped]).toEqual([['1'], 2, false]);
    tail.resume();
    expect([tail.shown(10).map(event => event.event_id), tail.waiting, tail.skipped]).toEqual([['3', '2', '1'], 0, true]);
  });
  it('never grows beyond its bound, paused or not', () => {
    const tail = new Tail(3);
    const many = ['5', '4', '3', '2', '1'].map(id => stored(id));
    tail.add({ events: many, skipped: false });
    tail.pause();
    tail.add({ events: many, skipped: false });
    expect([tail.size, tail.waiting]).toEqual([3, 3]);
  });
  it('filters by type, source and outcome, and finds beyond the first rows', () => {
    const tail = new Tail();
    tail.add({ events: [stored('1', { event_type: 'Order.Placed' }), stored('2', { source: 'order-desk', validation: { validated: true, passed: false, errors: 1, warnings: 0 } }), stored('3')], skipped: false });
    tail.filter = { text: ' ORDER ', onlyFailed: false };
    expect(tail.shown(10).map(event => event.event_id)).toEqual(['1', '2']);
    tail.filter = { text: 'order', onlyFailed: true };
    expect(tail.shown(1).map(event => event.event_id)).toEqual(['2']);
  });
});

describe('the feed', () => {
  const streamOf = (...chunks: string[]) => async () => new Response(new ReadableStream({
    start(controller) {
      for (const chunk of chunks)
        controller.enqueue(new TextEncoder().encode(chunk));
    },
  }));
  const message = (id: string) => `id: p${id}\ndata: ${JSON.stringify(stored(id))}\n\n`;

  it('hands on what it did not have yet, and says when there was more than it loaded', async () => {
    const pages = [['2', '1'], ['3', '2', '1'], ['3', '2', '1'], ['9', '8', '7']];
    const seen: [string[], boolean][] = [];
    const feed = new EventFeed(
      { events: async () => ({ items: pages.shift()!.map(id => stored(id)), next_cursor: 'more' }), stream: streamOf() },
      batch => seen.push([batch.events.map(event => event.event_id), batch.skipped]));
    while (pages.length > 0)
      await feed.poke();
    expect(seen).toEqual([[['2', '1'], false], [['3'], false], [['9', '8', '7'], true]]);
  });
  it('follows the stream: events once, however it is cut, and what was lost', async () => {
    const seen: [string[], boolean][] = [];
    const [first, rest] = [message('3').slice(0, 20), message('3').slice(20)];
    const feed = new EventFeed({
      events: async () => ({ items: [stored('1')], next_cursor: null }),
      stream: streamOf('retry: 2000\nevent: feed\ndata: {"instance":"vm","adapter":"dual","connected":true}\n\n', `${message('1')}${message('2')}: still here\n\n${first}`, rest, 'event: dropped\ndata: {"count":7}\n\n'),
    }, batch => seen.push([batch.events.map(event => event.event_id), batch.skipped]));
    await feed.poke();
    feed.open();
    await vi.waitFor(() => expect(seen).toEqual([[['1'], false], [['2'], false], [['3'], false], [[], true]]));
    expect(feed.description).toBe('live, by dual');
    feed.close();
    expect(feed.description).toBe('stored events, after each flush');
  });
  it('asks for stored events until they come live, and again when some were lost', async () => {
    let asked = 0;
    let send = (_: string) => {};
    const seen: boolean[] = [];
    const feed = new EventFeed({
      events: async () => { asked++; return { items: [], next_cursor: null }; },
      stream: async () => new Response(new ReadableStream({ start: controller => { send = text => controller.enqueue(new TextEncoder().encode(text)); } })),
    }, batch => seen.push(batch.skipped));
    const pokeTwice = async () => { await feed.poke(); await feed.poke(); return asked; };
    expect(await pokeTwice()).toBe(2);
    feed.open();
    send('event: feed\ndata: {"instance":"vm","adapter":"dual","connected":true}\n\n');
    await vi.waitFor(() => expect(feed.description).toBe('live, by dual'));
    expect(await pokeTwice()).toBe(3);
    send('event: dropped\ndata: {"count":7}\n\n');
    await vi.waitFor(() => expect(seen).toEqual([true]));
    expect(await pokeTwice()).toBe(4);
    feed.close();
    expect(await pokeTwice()).toBe(6);
  });
  it('says why it is not live, and keeps no stream open while nothing is broadcast', async () => {
    let open = 1;
    const stream = async () => new Response(new ReadableStream({
      start: controller => controller.enqueue(new TextEncoder().encode('event: feed\ndata: {"instance":"vm","adapter":"none","connected":false}\n\n')),
      cancel: () => { open--; },
    }));
    const events = async () => ({ items: [], next_cursor: null });
    const off = new EventFeed({ events, stream }, () => {});
    const full = new EventFeed({ events, stream: async () => { throw new ApiError(503, 'This instance has 100 subscribers.', 30); } }, () => {});
    const cut = new EventFeed({ events, stream: streamOf('event: feed\ndata: {"instance":"vm","adapter":"realtime","connected":false}\n\n') }, () => {});
    for (const feed of [off, full, cut])
      feed.open();
    await vi.waitFor(() => expect([open, off.description, full.description, cut.description]).toEqual([
      0, 'stored events, after each flush; the flags let nothing be broadcast', 'stored events, after each flush; no stream: This instance has 100 subscribers.',
      'stored events, after each flush, until instance vm reaches the others again',
    ]));
    for (const feed of [off, full, cut])
      feed.close();
  });
  it('comes back to where it was, and says that some of it is gone', async () => {
    const places: (string | null)[] = [];
    const streams = [streamOf(message('1')), streamOf('event: resumed\ndata: {"events":0,"complete":false}\n\n')];
    const seen: boolean[] = [];
    const feed = new EventFeed({
      events: async () => ({ items: [], next_cursor: null }),
      stream: async place => { places.push(place); return streams.shift()!(); },
    }, batch => seen.push(batch.skipped));
    feed.open();
    await vi.waitFor(() => expect(seen).toEqual([false]));
    feed.close();
    feed.open();
    await vi.waitFor(() => expect(seen).toEqual([false, true]));
    expect(places).toEqual([null, 'p1']);
    feed.close();
  });
});

describe('a replay by filter', () => {
  it.each([[600, 1000, 300, 150, 0.75], [5000, 1000, 500, 0, 0.5], [0, 1000, 0, 0, 0]])('of %d that may do %d, has done %d and refused %d, is %d through', (matched, limit, replayed, rejected, share) =>
    expect(shareOf({ target: 'all', started_at: at(0), matched, limit, replayed, rejected })).toBe(share));

  const report = (more: Partial<ReplayReport>): ReplayReport => ({ dry_run: false, matched: 600, by_reason: {}, replayed: 0, rejected: 0, remaining: 0, ...more });

  it.each([
    [{ replayed: 600 }, '600 of 600 dead letters replayed.'],
    [{ matched: 1, replayed: 1 }, '1 of 1 dead letter replayed.'],
    [{ replayed: 350, rejected: 250 }, '350 of 600 dead letters replayed. 250 were refused: invalid while validation is strict, or past the retention.'],
    [{ replayed: 500, remaining: 100 }, '500 of 600 dead letters replayed. 100 are left: replay again to go on.'],
    [{ replayed: 500, remaining: 100, stopped_by: 'cancelled' }, '500 of 600 dead letters replayed. Stopped. What was replayed until then stays replayed.'],
    [{ replayed: 0, remaining: 600, stopped_by: 'breaker' }, '0 of 600 dead letters replayed. It ended early: the metrics store\'s breaker let nothing through.'],
  ] as [Partial<ReplayReport>, string][])('%j is said as %s', (more, said) => expect(outcomeOf(report(more))).toBe(said));
});
