import { h, patch } from '../dom';
import { age, count, plural, time } from '../format';
import { replayedOf, shareOf } from '../replay';
import type { DeadLetter, DeadLetterFilter, DeadLetters, ReplayProgress } from '../types';
import { button, empty, head, table, type Loaded } from './parts';

export function showDeadLetters(element: HTMLElement, loaded: Loaded<DeadLetters>, filter: DeadLetterFilter, reasons: string[], now: number): void {
  const { data } = loaded;
  const isFiltered = Object.values(filter).some(Boolean);
  patch(element, [
    head('dead', 'Dead letters', loaded, now, data ? h('span', { class: 'scope' }, `${count(data.total)} ${isFiltered ? 'match' : 'in all'}, oldest first`) : h('span')),
    running(data?.replay, now),
    bar(filter, reasons, data),
    data && data.items.length > 0 ? table('Dead letters', ['Died', 'Reason', 'Type', 'Source', 'Detail', 'Replayed', ''], data.items.map(letter => row(letter, now))) : null,
    data && data.items.length === 0 ? empty(isFiltered ? 'None match this filter.' : 'There are none: every event could be stored.') : null,
    data?.next_cursor ? h('p', { class: 'more', key: 'more' }, button('Show more', 'dead-more')) : null,
  ]);
}

function bar(filter: DeadLetterFilter, reasons: string[], data: DeadLetters | null): HTMLElement {
  const options = [...new Set([...reasons, ...(filter.reason ? [filter.reason] : [])])].sort();
  return h('form', { class: 'bar', key: 'bar', 'data-do': 'dead-filter', autocomplete: 'off' },
    h('label', {}, 'Reason ', h('select', { name: 'reason' }, h('option', { value: '' }, 'any'), options.map(reason => h('option', { value: reason, key: reason }, reason)))),
    h('label', {}, 'Type ', h('input', { name: 'type', maxlength: 50, spellcheck: 'false' })),
    h('label', {}, 'Source ', h('input', { name: 'source', maxlength: 100, spellcheck: 'false' })),
    h('label', {}, 'Replayed ', h('select', { name: 'replayed' }, h('option', { value: '' }, 'either'), h('option', { value: 'false' }, 'no'), h('option', { value: 'true' }, 'yes'))),
    h('button', { type: 'submit' }, 'Filter'),
    button('Replay these …', 'dead-replay', { disabled: !data || data.total === 0 }));
}

/** A replay by filter, whoever began it: a page that was opened meanwhile, or by somebody else, can stop it too. */
function running(replay: ReplayProgress | undefined, now: number): HTMLElement {
  return h('div', { class: 'running', key: 'running' }, !replay || replay.ended_at ? [] : [
    h('progress', { max: 1, value: shareOf(replay), 'aria-label': 'The replay that runs' }),
    h('p', {}, `Replaying ${replay.target}, since ${time(replay.started_at, now)}: ${replayedOf(replay.replayed, replay.matched)} ${replay.cause ?? ''}`),
    button('Stop the replay', 'replay-stop'),
  ]);
}

function row(letter: DeadLetter, now: number): HTMLElement {
  const what = `${letter.event_type} of ${letter.source}`;
  return h('tr', { key: letter.id },
    h('td', { class: 'when' }, h('time', { datetime: letter.died_at, title: letter.died_at }, time(letter.died_at, now))),
    h('td', {}, letter.reason), h('td', { class: 'text' }, letter.event_type), h('td', { class: 'text' }, letter.source), h('td', { class: 'text wide' }, letter.detail),
    h('td', {}, letter.replayed_at ? `${plural(letter.replays, 'time')}, ${age(Date.parse(letter.replayed_at), now)}` : 'never'),
    h('td', { class: 'do' },
      button('Look', 'dead-look', { 'data-id': letter.id, 'aria-label': `Look at ${what}`, class: 'quiet' }),
      button('Replay', 'dead-replay-one', { 'data-id': letter.id, 'aria-label': `Replay ${what}` }),
      button('Discard …', 'dead-discard', { 'data-id': letter.id, 'aria-label': `Discard ${what}`, class: 'quiet danger' })));
}
