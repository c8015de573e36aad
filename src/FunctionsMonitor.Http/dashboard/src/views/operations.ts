import { h, patch } from '../dom';
import { time } from '../format';
import type { Operation } from '../types';
import { empty, head, table, type Loaded } from './parts';

export function showOperations(element: HTMLElement, loaded: Loaded<Operation[]>, now: number): void {
  const { data } = loaded;
  patch(element, [
    head('operations', 'Operator log', loaded, now),
    data && data.length > 0 ? table('Operator log', ['When', 'Who', 'Did', 'To', 'Outcome'], data.map(entry =>
      h('tr', { key: entry.id },
        h('td', { class: 'when' }, h('time', { datetime: entry.at, title: entry.at }, time(entry.at, now))),
        h('td', {}, entry.actor), h('td', {}, entry.action), h('td', { class: 'text' }, entry.target), h('td', { class: 'text wide' }, entry.outcome)))) : null,
    data && data.length === 0 ? empty('Nobody has done anything by hand yet.') : null,
  ]);
}
