// The page: its state, and all that asks, shows and does. One file, because all of it works on that one state; what can be told without it has a
// file of its own.
import { Api, ApiError, messageOf } from './api';
import { changedParts, allParts, type Part } from './changes';
import { ask, askKey, notice, paragraph, progressDialog, showJson } from './dialogs';
import { h, patch } from './dom';
import { EventFeed } from './feed';
import { Figures, type ChartFacts } from './figures';
import { age, count, duration, plural, took } from './format';
import { freshFor, rangeOf, ranges, startOf } from './ranges';
import { mostReplayed, outcomeOf, replayedOf, shareOf } from './replay';
import { thin, type Sample } from './series';
import { Tail } from './tail';
import type { DeadLetterFilter, DeadLetters, FlagsHealth, FlagsStatus, Operation, Resilience, Summary } from './types';
import { judge, type Connection, type Level } from './verdict';
import { showBreakers } from './views/breakers';
import { showDeadLetters } from './views/deadLetters';
import { showFlags } from './views/flags';
import { showOperations } from './views/operations';
import { showTiles, showVerdict } from './views/overview';
import { nothing, state, type Loaded } from './views/parts';
import { showTail } from './views/tail';

const intervals = [2, 5, 15, 60];
const mostSamples = 2000;
const deadPage = 50;

const api = new Api();
const tail = new Tail();
const feed = new EventFeed(api, batch => { tail.add(batch); renderSoon(); });
const element = (id: string) => document.getElementById(id)!;

let summary: Summary | null = null;
let connection: Connection = { answeredAt: null, lostSince: null, error: '' };
let range = rangeOf(localStorage.getItem('functionsmonitor.range'));
let interval = intervals.find(seconds => String(seconds) === localStorage.getItem('functionsmonitor.interval')) ?? 5;
let samples: Sample[] = [];
let deadFilter: DeadLetterFilter = {};
let deadCursor: string | null = null;
let flushing = false;
let keyIsAsked = false;
let ticking = false;
let timer = 0;
let drawing = 0;

const charts: Loaded<ChartFacts> = nothing();
const breakers: Loaded<Resilience> = nothing();
const flags: Loaded<{ status: FlagsStatus; health: FlagsHealth }> = nothing();
const dead: Loaded<DeadLetters> = nothing();
const tailed: Loaded<true> = nothing();
const operations: Loaded<Operation[]> = nothing();
/** Parts that changed and could not be loaded, or not yet again. */
const due = new Set<Part>();

const figures = new Figures(element('figures'), zoomed => { element('unzoom').hidden = !zoomed; });

// ---- Asking

async function tick(everything = false): Promise<void> {
  if (ticking || document.hidden)
    return;
  ticking = true;
  clearTimeout(timer);
  try {
    const before = summary;
    summary = await api.summary();
    const wasLost = connection.lostSince !== null;
    connection = { answeredAt: api.now(), lostSince: null, error: '' };
    samples = thin([...samples, { at: api.now(), events: summary.buffer.events }], mostSamples);
    for (const part of everything || wasLost ? allParts : changedParts(before, summary))
      due.add(part);
    if (dead.data?.replay && !dead.data.replay.ended_at)
      due.add('dead');
    render();
    await Promise.all([...due].filter(part => everything || isTime(part)).map(load));
    // Behind what is stored, which goes below what comes.
    if (!document.hidden)
      feed.open();
  } catch (error) {
    feed.close();
    if (error instanceof ApiError && error.needsKey)
      void requireKey(api.key ? `The key of this tab does not open this. ${error.message}` : error.message);
    else
      connection = { ...connection, lostSince: connection.lostSince ?? api.now(), error: messageOf(error) };
  } finally {
    ticking = false;
    render();
    if (!document.hidden && !keyIsAsked)
      timer = window.setTimeout(() => void tick(), interval * 1000);
  }
}

/** The charts of a wide range are dear, and hardly change. */
function isTime(part: Part): boolean {
  return part !== 'charts' || charts.at === null || charts.error !== null || api.now() - charts.at >= freshFor(range);
}

async function load(part: Part): Promise<void> {
  const target = { charts, breakers, flags, dead, tail: tailed, operations }[part] as Loaded<unknown>;
  try {
    target.data = await read(part) ?? target.data;
    target.at = api.now();
    target.error = null;
    due.delete(part);
  } catch (error) {
    if (error instanceof ApiError && error.needsKey)
      throw error;
    // It stays due, and what was known stays to be seen, with its age.
    target.error = messageOf(error);
    due.add(part);
  }
}

async function read(part: Part): Promise<unknown> {
  switch (part) {
    case 'charts': {
      const asked = range;
      const from = startOf(asked, api.now());
      const limit = asked.ms > 6 * 3_600_000 ? 1000 : 300;
      const [validation, flushes] = await Promise.all([api.validation(from, asked.interval), api.flushes(limit)]);
      return asked === range ? { validation, flushes, from, range: asked, limit } satisfies ChartFacts : null;
    }
    case 'breakers':
      return api.resilience();
    case 'flags': {
      const [status, health] = await Promise.all([api.flags(), api.flagsHealth()]);
      return { status, health };
    }
    case 'dead': {
      const [letters, replay] = await Promise.all([api.deadLetters(deadFilter, deadCursor, deadPage), api.replayProgress()]);
      return { ...letters, replay } satisfies DeadLetters;
    }
    case 'tail':
      await feed.poke();
      return true;
    case 'operations':
      return api.operations(50);
  }
}

async function reload(...parts: Part[]): Promise<void> {
  try {
    await Promise.all(parts.map(load));
  } catch (error) {
    if (error instanceof ApiError && error.needsKey)
      void requireKey(error.message);
  }

  render();
}

async function requireKey(reason: string): Promise<void> {
  if (keyIsAsked)
    return;
  keyIsAsked = true;
  clearTimeout(timer);
  const key = await askKey(reason, api.key !== null);
  keyIsAsked = false;
  if (key === null) {
    if (summary === null)
      connection = { answeredAt: null, lostSince: api.now(), error: 'Without a key nothing can be shown. "Key …" asks for it again.' };
    else
      timer = window.setTimeout(() => void tick(), interval * 1000);
    render();
    return;
  }

  api.key = key || null;
  connection = { ...connection, lostSince: null };
  void tick(true);
}

// ---- Showing

function render(): void {
  const now = api.now();
  const verdict = judge(summary, connection, now);
  showVerdict(element('verdict'), verdict, summary, now);
  showTiles(element('tiles'), summary, now, flushing);
  document.body.classList.toggle('lost', connection.lostSince !== null);
  document.title = `${verdict.word} · FunctionsMonitor`;
  showIcon(verdict.level);
  patch(element('who'), summary ? [document.createTextNode(`${summary.version.split('+')[0]} · instance ${summary.instance} · up ${duration(now - Date.parse(summary.since))}`)] : []);
  patch(element('freshness'), [document.createTextNode(connection.answeredAt === null ? '' : `looked ${age(connection.answeredAt, now)}`)]);

  patch(element('charts-state'), [...state(charts, now).childNodes]);
  element('charts-state').className = charts.error === null ? 'state' : 'state stale';
  if (charts.data)
    figures.show(charts.data, samples, now);
  else
    figures.wait(charts.error === null ? 'Loading …' : 'Nothing could be loaded.');
  showBreakers(element('breakers'), breakers, now);
  showFlags(element('flags'), flags, now);
  showDeadLetters(element('dead'), dead, deadFilter, Object.keys(summary?.dead_letters ?? {}), now);
  showTail(element('tail'), tail, tailed, feed.description, now);
  showOperations(element('operations'), operations, now);
}

/** For what comes in a flood. */
function renderSoon(): void {
  drawing ||= window.setTimeout(() => { drawing = 0; render(); }, 200);
}

const icons: Record<Level, string> = { healthy: '#1a7f4b', degraded: '#c77700', unhealthy: '#c0291f', unknown: '#7a8594' };

function showIcon(level: Level): void {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="${icons[level]}"/></svg>`;
  const href = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  const icon = element('icon') as HTMLLinkElement;
  if (icon.getAttribute('href') !== href)
    icon.setAttribute('href', href);
}

// ---- Doing

/** Does something, says what came of it, and looks again at what it changed. */
async function act(what: string, action: () => Promise<string>): Promise<void> {
  try {
    notice(await action());
  } catch (error) {
    if (error instanceof ApiError && error.needsKey)
      void requireKey(`${what}: ${error.message}`);
    else
      notice(`${what}: ${messageOf(error)}`, true);
  }

  await tick();
}

const actions: Record<string, (button: HTMLElement) => unknown> = {
  'refresh': () => tick(true),
  'dialog-close': button => button.closest('dialog')?.close(),
  'key': () => requireKey(api.key ? 'A key is set for this tab.' : 'No key is set. Without keys on the server none is needed.'),
  'unzoom': () => figures.setZoom(null),
  'flush': async () => {
    if (flushing)
      return;
    flushing = true;
    render();
    await act('The flush', async () => {
      try {
        const report = await api.flush();
        return `Flush ${report.outcome}: ${plural(report.events, 'event')} in ${took(report.duration_ms)}. ${report.notes.join(' ')}`;
      } finally {
        flushing = false;
      }
    });
  },
  'isolate': async button => {
    const name = button.dataset['name']!;
    const chosen = await ask(`Isolate ${name}?`, [
      paragraph('The breaker opens for every instance and stays open until it is reset: nothing passes.'),
      paragraph(name === 'metrics-store' ? 'No flush gets through meanwhile; events go on being taken and wait in the buffer.' : 'What needs it answers 503 meanwhile.'),
    ], [{ label: 'Isolate', value: 'yes', danger: true }]);
    if (chosen)
      await act(`Isolating ${name}`, async () => { await api.setBreaker(name, 'isolate'); await reload('breakers'); return `${name} is isolated.`; });
  },
  'reset': async button => {
    const name = button.dataset['name']!;
    const chosen = await ask(`Reset ${name}?`, [paragraph('The breaker closes for every instance, its failures are forgotten, and calls pass at once.')], [{ label: 'Reset', value: 'yes', primary: true }]);
    if (chosen)
      await act(`Resetting ${name}`, async () => { await api.setBreaker(name, 'reset'); await reload('breakers'); return `${name} is reset.`; });
  },
  'tail-pause': () => { tail.pause(); render(); },
  'tail-resume': () => { tail.resume(); render(); },
  'tail-look': button => {
    const event = tail.find(button.dataset['id']!);
    if (event)
      void showJson('Event', event);
  },
  'dead-look': async button => {
    try {
      await showJson('Dead letter', await api.deadLetter(button.dataset['id']!));
    } catch (error) {
      notice(messageOf(error), true);
    }
  },
  'dead-replay-one': button => act('The replay', async () => {
    await api.replayOne(button.dataset['id']!);
    await reload('dead');
    return 'Replayed: its event is in the buffer again, and is stored by the next flush.';
  }),
  'dead-discard': async button => {
    const letter = dead.data?.items.find(item => item.id === button.dataset['id']);
    const chosen = await ask('Discard this dead letter?', [
      paragraph('Its event is deleted for good. It cannot be brought back.'),
      letter ? h('p', { class: 'quoted' }, `${letter.event_type} of ${letter.source}: ${letter.detail}`) : null,
    ], [{ label: 'Discard', value: 'yes', danger: true }]);
    if (chosen)
      await act('Discarding', async () => { await api.discard(button.dataset['id']!); await reload('dead'); return 'Discarded.'; });
  },
  'dead-more': () => {
    deadCursor = dead.data?.next_cursor ?? null;
    return reload('dead');
  },
  'dead-replay': () => replayByFilter(),
  'replay-stop': () => stopReplay(),
};

const stopReplay = () => act('Stopping', async () => { await api.cancelReplay(); return 'It ends before its next dead letter.'; });

async function replayByFilter(): Promise<void> {
  const filter = { reason: deadFilter.reason, type: deadFilter.type, source: deadFilter.source };
  const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value)) as typeof filter;
  await act('The replay', async () => {
    const preview = await api.replay(given, { dry_run: true });
    const limit = Math.min(preview.matched, mostReplayed);
    const chosen = await ask('Replay dead letters?', [
      paragraph(preview.matched === 0 ? 'None that was not replayed before matches.' : `${plural(preview.matched, 'dead letter')} would be put back through validation and the buffer, oldest first:`),
      h('ul', {}, Object.entries(preview.by_reason).map(([reason, matched]) => h('li', {}, `${count(matched)} ${reason}`))),
      h('p', { class: 'sub' }, 'Nothing is stored twice. What still cannot be stored becomes a dead letter again.'),
    ], preview.matched === 0 ? [] : [{ label: `Replay ${count(limit)}`, value: 'yes', primary: true }]);
    if (!chosen)
      return 'Nothing was replayed.';

    const dialog = progressDialog('Replaying', stop => void (stop ? stopReplay() : reload('dead')));
    // Of the instance that answers; where that is another one than the one that replays, the end is all there is to see.
    const watch = setInterval(() => {
      if (!document.hidden)
        void api.replayProgress().then(progress => {
          if (progress && !progress.ended_at)
            dialog.update(replayedOf(progress.replayed, progress.matched), shareOf(progress));
        }, () => {});
    }, 1000);
    try {
      const outcome = outcomeOf(await api.replay(given, { limit }));
      dialog.end(outcome);
      return outcome;
    } catch (error) {
      dialog.end('It ended early; what was replayed until then stays replayed.');
      throw error;
    } finally {
      clearInterval(watch);
      await reload('dead');
    }
  });
}

document.addEventListener('click', event => {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>('button[data-do]') : null;
  if (button)
    actions[button.dataset['do']!]?.(button);
});

document.addEventListener('submit', event => {
  const form = event.target as HTMLFormElement;
  if (form.method === 'dialog')
    return;
  event.preventDefault();
  if (form.dataset['do'] !== 'dead-filter')
    return;
  const values = new FormData(form);
  const given = (name: string) => String(values.get(name) ?? '').trim() || undefined;
  deadFilter = { reason: given('reason'), type: given('type'), source: given('source'), replayed: given('replayed') as DeadLetterFilter['replayed'] };
  deadCursor = null;
  void reload('dead');
});

element('tail').addEventListener('input', event => {
  const form = (event.target as HTMLElement).closest('form')!;
  const values = new FormData(form);
  tail.filter = { text: String(values.get('text') ?? ''), onlyFailed: values.has('failed') };
  render();
});

element('interval').append(...intervals.map(seconds => h('option', { value: seconds, selected: seconds === interval }, duration(seconds * 1000))));
element('interval').addEventListener('change', event => {
  interval = Number((event.target as HTMLSelectElement).value);
  localStorage.setItem('functionsmonitor.interval', String(interval));
  void tick();
});

element('ranges').append(...ranges.map(one => h('label', {}, h('input', { type: 'radio', name: 'range', value: one.id, checked: one === range }), h('span', {}, one.label))));
element('ranges').addEventListener('change', event => {
  range = rangeOf((event.target as HTMLInputElement).value);
  localStorage.setItem('functionsmonitor.range', range.id);
  figures.setZoom(null);
  void reload('charts');
});

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { figures.recolor(); render(); });
document.addEventListener('visibilitychange', () => {
  clearTimeout(timer);
  // On Azure Functions a stream is an execution that is paid for.
  if (document.hidden)
    feed.close();
  void tick();
});

// Ages move on without a question. Nothing else is drawn for it but what shows one.
setInterval(() => {
  if (!document.hidden)
    render();
}, 1000);

render();
void tick(true);
