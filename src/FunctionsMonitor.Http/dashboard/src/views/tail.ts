import { h, patch } from '../dom';
import { json, plural, time } from '../format';
import type { Tail } from '../tail';
import type { StoredEvent } from '../types';
import { badge, button, empty, head, table, type Loaded } from './parts';

/** Rows shown: more than a person reads, and few enough to draw in a frame. */
const shownRows = 100;

export function showTail(element: HTMLElement, tail: Tail, loaded: Loaded<unknown>, description: string, now: number): void {
  const events = tail.shown(shownRows);
  const press = tail.paused ? button(tail.waiting > 0 ? `Go on (${plural(tail.waiting, 'new event')})` : 'Go on', 'tail-resume') : button('Pause', 'tail-pause');
  patch(element, [
    head('tail', 'Live tail', loaded, now, h('span', { class: 'scope' }, description)),
    h('form', { class: 'bar', key: 'bar', 'data-do': 'tail-filter', autocomplete: 'off' },
      h('label', {}, 'Type or source ', h('input', { name: 'text', type: 'search', maxlength: 100, spellcheck: 'false' })),
      h('label', { class: 'check' }, h('input', { name: 'failed', type: 'checkbox' }), ' only failed'),
      press),
    tail.skipped ? h('p', { class: 'sub', key: 'skipped' }, 'More came than could be followed: some between these are not shown.') : null,
    events.length > 0 ? table('Live tail', ['Time', 'Type', 'Source', 'Validation', 'Data', ''], events.map(event => row(event, now)))
      : loaded.at === null ? null : empty(tail.size > 0 ? 'None of the last events match this filter.' : 'No event is stored yet, and none has come since.'),
  ]);
}

function row(event: StoredEvent, now: number): HTMLElement {
  const { passed, errors } = event.validation;
  return h('tr', { key: event.event_id },
    h('td', { class: 'when' }, h('time', { datetime: event.timestamp, title: event.timestamp }, time(event.timestamp, now))),
    h('td', { class: 'cut' }, h('span', { title: event.event_type }, event.event_type)), h('td', { class: 'cut' }, h('span', { title: event.source }, event.source)),
    h('td', {}, passed === null ? badge('off', 'not checked') : passed ? badge('ok', 'passed') : badge('warn', plural(errors, 'error'))),
    h('td', { class: 'data' }, json(event.data)),
    h('td', { class: 'do' }, button('Look', 'tail-look', { 'data-id': event.event_id, 'aria-label': `Look at ${event.event_type} of ${event.source}`, class: 'quiet' })));
}
