import { h, patch } from '../dom';
import { age, bytes, count, duration, plural, time, took } from '../format';
import type { Summary } from '../types';
import type { Verdict } from '../verdict';
import { button } from './parts';

const signs = { healthy: '✓', degraded: '!', unhealthy: '✕', unknown: '?' };

export function showVerdict(element: HTMLElement, verdict: Verdict, summary: Summary | null, now: number): void {
  element.className = `level-${verdict.level}`;
  const seen = summary && verdict.level !== 'unknown' ? ` or longer, seen by instance ${summary.instance}` : '';
  patch(element, [
    h('div', { class: 'sign', 'aria-hidden': 'true' }, signs[verdict.level]),
    h('div', { class: 'said' },
      h('p', { class: 'word' },
        h('strong', { id: 'verdict-word', role: 'status' }, verdict.word),
        verdict.since === null ? null : h('span', { class: 'since' }, ` for ${duration(now - verdict.since)}, since ${time(verdict.since, now)}${seen}`)),
      verdict.causes.length === 0 ? null : h('ul', { class: 'causes' }, verdict.causes.map(cause =>
        h('li', { key: cause.what }, h('b', {}, cause.what), ' ', h('span', { class: 'text' }, cause.text), ' ',
          cause.actions.map(action => button(action.label, action.do, { 'data-name': action.name ?? null }))))),
      verdict.note ? h('p', { class: 'note' }, verdict.note) : null),
  ]);
}

export function showTiles(element: HTMLElement, summary: Summary | null, now: number, flushing: boolean): void {
  if (!summary) {
    patch(element, ['Buffer', 'Last flush', 'Next flush', 'Ledger', 'Dead letters'].map(name => tile(name, '–', 'Loading …')));
    return;
  }

  patch(element, [buffer(summary, now), lastFlush(summary, now), nextFlush(summary, now, flushing), ledger(summary, now), deadLetters(summary)]);
}

function tile(name: string, value: string, detail: string, level = '', more: HTMLElement | null = null): HTMLElement {
  return h('div', { class: `tile ${level}`, key: name }, h('h2', {}, name), h('p', { class: 'value' }, value), h('p', { class: 'detail' }, detail), more);
}

function buffer({ buffer }: Summary, now: number): HTMLElement {
  const size = `${plural(buffer.segments, 'segment')}, ${bytes(buffer.bytes)}`;
  const oldest = buffer.oldest_at ? `, oldest ${age(Date.parse(buffer.oldest_at), now)}` : '';
  return tile('Buffer', plural(buffer.events, 'event'), `${size}${oldest}${buffer.over_cap ? ' · over its cap, events are refused' : ''}`, buffer.over_cap ? 'bad' : '');
}

function lastFlush(summary: Summary, now: number): HTMLElement {
  const flush = summary.last_flush;
  if (!flush)
    return tile('Last flush', '–', summary.faults.some(fault => fault.part === 'last_flush') ? 'cannot be read now' : 'There was none yet.');
  const well = flush.outcome === 'completed' || flush.outcome === 'empty';
  return tile('Last flush', age(Date.parse(flush.started_at), now),
    `${flush.outcome}, ${plural(flush.events, 'event')} in ${took(flush.duration_ms)}${flush.path ? ` by ${flush.path}` : ''}${flush.retries > 0 ? `, ${plural(flush.retries, 'retry', 'retries')}` : ''}`,
    well ? '' : 'warn');
}

function nextFlush({ next_flush: next, buffer, breakers }: Summary, now: number, flushing: boolean): HTMLElement {
  const press = button(flushing ? 'Flushing …' : 'Flush now', 'flush', { disabled: flushing });
  if (!next.enabled)
    return tile('Next flush', 'never', 'Persistence is off: segments stay in the buffer.', 'warn', press);
  const breaker = breakers.find(one => one.name === 'metrics-store' && !one.passing);
  if (breaker)
    return tile('Next flush', 'held up', `Breaker metrics-store is ${breaker.state.replace('_', '-')}.`, 'warn', press);
  const due = next.due_at ? Date.parse(next.due_at) : now;
  const left = Math.max(next.at_events - buffer.events, 0);
  if (left === 0)
    return tile('Next flush', 'due', `More than ${plural(next.at_events, 'event')} wait.`, '', press);
  return tile('Next flush', due <= now ? 'now' : `in ${duration(Math.ceil((due - now) / 1000) * 1000)}`, `or after ${plural(left, 'more event')}`, '', press);
}

function ledger(summary: Summary, now: number): HTMLElement {
  const books = summary.ledger;
  if (!books)
    return tile('Ledger', '–', 'cannot be drawn up now', 'warn');
  const parts: [number, string][] = [
    [books.stored, 'stored'], [books.duplicates, 'duplicates'], [books.dead_lettered, 'dead-lettered'], [books.expired, 'expired'],
    [books.pending, 'pending'], [books.quarantined, 'quarantined'], [books.missing, 'MISSING'],
  ];
  const left = `${count(books.accepted)} accepted${books.unacknowledged > 0 ? ` + ${count(books.unacknowledged)} unacknowledged` : ''}`;
  return tile('Ledger', books.balanced ? 'balanced' : 'NOT balanced',
    `${left} = ${parts.filter(([value, name]) => value > 0 || name === 'stored').map(([value, name]) => `${count(value)} ${name}`).join(' + ')}${books.gaps > 0 ? `, ${plural(books.gaps, 'gap')}` : ''} · drawn up ${age(Date.parse(books.computed_at), now)}`,
    books.balanced ? 'ok' : 'bad');
}

function deadLetters(summary: Summary): HTMLElement {
  const reasons = summary.dead_letters;
  if (!reasons)
    return tile('Dead letters', '–', 'cannot be counted now', 'warn');
  const total = Object.values(reasons).reduce((a, b) => a + b, 0);
  return tile('Dead letters', count(total), Object.entries(reasons).map(([reason, number]) => `${count(number)} ${reason}`).join(', ') || 'Every event could be stored.');
}
