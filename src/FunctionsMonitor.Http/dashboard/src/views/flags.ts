import { h, patch } from '../dom';
import { age, plural, unitOf } from '../format';
import type { Flag, FlagsHealth, FlagsStatus } from '../types';
import { badge, empty, head, table, type Loaded } from './parts';

export function showFlags(element: HTMLElement, loaded: Loaded<{ status: FlagsStatus; health: FlagsHealth }>, now: number): void {
  const { data } = loaded;
  const problems = data?.health.problems ?? [];
  patch(element, [
    head('flags', 'Flags', loaded, now, data && problems.length > 0 ? badge('warn', plural(problems.length, 'problem')) : h('span')),
    problems.length > 0 ? h('ul', { class: 'problems', key: 'problems' }, problems.map(problem => h('li', {}, problem))) : null,
    data ? (data.status.flags.length > 0
      ? table('Flags', ['Flag', 'Value', 'Source', 'Answered'], data.status.flags.map(flag => row(flag, now, loaded.at ?? now))) : empty('There are none.')) : null,
  ]);
}

function row(flag: Flag, now: number, loadedAt: number): HTMLElement {
  const isDefault = JSON.stringify(flag.value) === JSON.stringify(flag.default);
  const answered = flag.age_seconds === undefined ? '–' : age(loadedAt - flag.age_seconds * 1000, now);
  return h('tr', { key: flag.name },
    h('th', { scope: 'row', title: flag.description }, flag.name),
    h('td', { class: isDefault ? 'value' : 'value changed', title: isDefault ? 'the default' : `default: ${JSON.stringify(flag.default)}` }, typeof flag.value === 'string' ? flag.value : `${JSON.stringify(flag.value)}${unitOf(flag.name)}`),
    h('td', {}, flag.source, flag.ignored.map(one => h('div', { class: 'sub' }, `${one.source} said '${one.value}': ${one.reason}`))),
    h('td', {}, answered));
}
