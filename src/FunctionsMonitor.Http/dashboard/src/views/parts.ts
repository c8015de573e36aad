import { h } from '../dom';
import { age } from '../format';

/** What a panel knows: its data, how old they are, and why they are not newer. */
export interface Loaded<T> { data: T | null; at: number | null; error: string | null }

export const nothing = <T>(): Loaded<T> => ({ data: null, at: null, error: null });

export function head(id: string, title: string, loaded: Loaded<unknown>, now: number, ...more: HTMLElement[]): HTMLElement {
  return h('div', { class: 'head', key: 'head' }, h('h2', { id: `${id}-head` }, title), state(loaded, now), ...more);
}

/** Nothing while all is well; else what is wrong with what is shown, and how old it is. */
export function state(loaded: Loaded<unknown>, now: number): HTMLElement {
  if (loaded.error !== null) {
    const what = loaded.at === null ? loaded.error : `${loaded.error} This is from ${age(loaded.at, now)}.`;
    return h('span', { class: 'state stale', key: 'state' }, `⚠ ${what}`);
  }

  return h('span', { class: 'state', key: 'state' }, loaded.data === null ? 'Loading …' : '');
}

export function table(label: string, heads: (string | [string, string])[], rows: HTMLElement[]): HTMLElement {
  // On a phone a row is a few lines, and its figures need their heads beside them.
  for (const row of rows)
    [...row.children].forEach((cell, index) => cell.setAttribute('data-label', String(typeof heads[index] === 'string' ? heads[index] : heads[index]?.[0])));
  return h('div', { class: 'scroll', key: `table-${label}`, tabindex: 0, role: 'region', 'aria-label': label },
    h('table', {}, h('thead', {}, h('tr', {}, heads.map(cell => (typeof cell === 'string'
      ? h('th', { scope: 'col' }, cell) : h('th', { scope: 'col', class: cell[1] }, cell[0]))))), h('tbody', {}, rows)));
}

export const empty = (text: string): HTMLElement => h('p', { class: 'empty', key: 'empty' }, text);

export const button = (label: string, action: string, attributes: Record<string, string | boolean | null> = {}): HTMLElement =>
  h('button', { type: 'button', 'data-do': action, ...attributes }, label);

export function badge(level: string, text: string): HTMLElement {
  const signs: Record<string, string> = { ok: '✓', warn: '!', bad: '✕', off: '–' };
  return h('span', { class: `badge ${level}` }, h('span', { class: 'sign', 'aria-hidden': 'true' }, signs[level] ?? ''), text);
}
