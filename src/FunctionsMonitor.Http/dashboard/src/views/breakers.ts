import { h, patch } from '../dom';
import { age, count, duration, plural, time } from '../format';
import type { BreakerState, Pipeline, Resilience } from '../types';
import { badge, button, empty, head, table, type Loaded } from './parts';

const levels: Record<BreakerState, string> = { closed: 'ok', half_open: 'warn', open: 'bad', isolated: 'bad' };
const words: Record<BreakerState, string> = { closed: 'closed', half_open: 'half-open', open: 'open', isolated: 'isolated' };

export function showBreakers(element: HTMLElement, loaded: Loaded<Resilience>, now: number): void {
  const { data } = loaded;
  const note = data ? h('span', { class: 'scope' }, `calls counted by instance ${data.instance} since ${time(data.since, now)}`) : h('span');
  patch(element, [
    head('breakers', 'Breakers', loaded, now, note),
    data && data.pipelines.length > 0
      ? table('Breakers', ['Breaker', 'State', 'Next probe', ['Votes', 'num'], ['Calls', 'num'], ['Failures', 'num'], ['Turned away', 'num'], ''], data.pipelines.map(pipeline => row(pipeline, now)))
      : data ? empty('No pipeline has been used yet.') : null,
    ...(data?.pipelines ?? []).map(pipeline => history(pipeline, now)),
  ]);
}

function row(pipeline: Pipeline, now: number): HTMLElement {
  const { breaker, name } = pipeline;
  const closed = breaker.state === 'closed';
  const since = breaker.opened_at ? ` for ${duration(now - Date.parse(breaker.opened_at))}` : '';
  return h('tr', { key: name },
    h('th', { scope: 'row' }, name),
    h('td', {}, badge(levels[breaker.state], `${words[breaker.state]}${since}`),
      breaker.reason || breaker.local_cause ? h('div', { class: 'sub' }, breaker.local_cause ?? breaker.reason) : null,
      closed && !breaker.passing ? h('div', { class: 'sub' }, 'this instance is cut off alone') : null,
      breaker.store !== 'known' ? h('div', { class: 'sub' }, `shared state: ${breaker.store.replaceAll('_', ' ')}${breaker.store_fault ? `, ${breaker.store_fault}` : ''}`) : null),
    h('td', {}, nextProbe(pipeline, now)),
    h('td', { class: 'num', title: breaker.votes.map(vote => `${vote.host}: ${vote.cause}`).join('\n') || null }, count(breaker.votes.length)),
    h('td', { class: 'num' }, count(pipeline.calls)),
    h('td', { class: 'num', title: pipeline.last_error ?? null }, count(pipeline.failures)),
    h('td', { class: 'num' }, count(pipeline.rejections)),
    h('td', { class: 'do' }, breaker.state === 'isolated' ? null : button('Isolate …', 'isolate', { 'data-name': name, class: 'quiet' }),
      closed && breaker.passing && breaker.votes.length === 0 ? null : button('Reset …', 'reset', { 'data-name': name })));
}

function nextProbe({ breaker }: Pipeline, now: number): string {
  if (breaker.probe)
    return `${breaker.probe.host} probes`;
  if (breaker.state === 'isolated')
    return 'never: by hand';
  if (!breaker.next_probe_at)
    return '–';
  const at = Date.parse(breaker.next_probe_at);
  return at <= now ? 'with the next call' : `in ${duration(at - now)}`;
}

function history({ name, breaker }: Pipeline, now: number): HTMLElement {
  const transitions = [...breaker.transitions].reverse();
  const votes = breaker.votes.map(vote => h('li', {}, `${vote.host} votes "down" (${age(Date.parse(vote.at), now)}): ${vote.cause}`));
  return h('details', { key: `history-${name}` },
    h('summary', {}, `${name}: ${plural(transitions.length, 'transition')}`),
    transitions.length === 0 && votes.length === 0 ? h('p', { class: 'empty' }, 'It was never anything but closed.') : null,
    h('ul', { class: 'log' }, votes, transitions.map(one =>
      h('li', {}, h('time', { datetime: one.at }, time(one.at, now)), ` ${words[one.from]} → ${words[one.to]}, by ${one.host}: ${one.cause}`))));
}
