// What a person sees and does, one function a scenario. Each begins at the root of a host of its own; waits are Playwright's, bounded by its timeout.
import assert from 'node:assert/strict';
import { join } from 'node:path';

const notice = page => page.locator('#notice');
const verdict = page => page.locator('#verdict-word');
const row = (page, section, text) => page.locator(`#${section} tbody tr`, { hasText: text });

async function call(url, method, path, body) {
  const answer = await fetch(new URL(path, url), { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }) });
  if (!answer.ok)
    throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
}

let made = 0;
const event = (type, more = {}) => ({ event_type: type, source: 'browser-tests', timestamp: new Date().toISOString(), data: { n: ++made }, ...more });
const send = (url, ...events) => call(url, 'POST', '/events', events);

/** Flushes; while the timer's own flush is at it, it waits for that one. */
async function flush(url) {
  for (let tries = 0; ; tries++) {
    try {
      return await call(url, 'POST', '/metrics/flush');
    } catch (error) {
      if (tries === 100 || !error.message.includes('flush-in-progress'))
        throw error;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
}

async function deadLetter(url, type, more = {}) {
  const id = crypto.randomUUID();
  const timestamp = new Date().toISOString();
  await send(url, event(type, { event_id: id, timestamp, ...more }), event(type, { event_id: id, timestamp, ...more }));
  await flush(url);
}

/** So many dead letters at once: each event comes twice, with other data. */
async function deadLetters(url, type, count) {
  const events = Array.from({ length: count }, () => event(type, { event_id: crypto.randomUUID() }));
  await send(url, ...events);
  await send(url, ...events.map(one => ({ ...one, data: 'other' })));
  await flush(url);
}

/** Chromium without a window never hides a page; what the page listens to is set by hand, with window.hide. */
const hideable = page => page.addInitScript(() => {
  window.hide = hidden => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  };
});

/** Waits until so many events are in the buffer: one that is written while the buffer is being listed is counted twice until the next listing, 10 s later. */
async function buffered(url, count) {
  for (let tries = 0, events; (events = (await call(url, 'GET', '/status')).buffer.events) !== count; tries++) {
    assert.ok(tries < 150, `${events} events are buffered, not ${count}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

/** Waits until so many streams are open. */
async function streams(url, count) {
  for (let tries = 0; (await call(url, 'GET', '/metrics/adapter')).connections !== count; tries++) {
    assert.ok(tries < 100, `there never were ${count} streams`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

/** How many pixels of a canvas have a colour: a chart without data has only its grid. */
const inked = (page, id) => page.evaluate(id => {
  const canvas = document.querySelector(`#chart-${id} canvas`);
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let inked = 0;
  for (let at = 0; at < data.length; at += 4) {
    const [r, g, b, a] = data.slice(at, at + 4);
    if (a > 100 && Math.max(r, g, b) - Math.min(r, g, b) > 60)
      inked++;
  }
  return inked;
}, id);

async function serious(page, axe) {
  await page.evaluate(`(() => { const define = undefined, module = undefined; ${axe} })()`).catch(() => {});
  return page.evaluate(async () => (await window.axe.run(document, { resultTypes: ['violations'] })).violations
    .filter(violation => violation.impact === 'serious' || violation.impact === 'critical')
    .map(violation => `${violation.id}: ${violation.help} ${violation.nodes.map(node => node.target.join(' ')).slice(0, 5).join(', ')}`));
}

export const scenarios = {
  async 'shows a posted event within the interval'({ url, openPage }) {
    // The timer's first flush has been, and none of its comes between.
    await flush(url);
    const page = await openPage();
    assert.ok(page.url().endsWith('/dashboard'));
    await verdict(page).getByText('Healthy').waitFor();
    assert.match(await page.title(), /^Healthy/);
    await page.locator('#tail').getByText('No event is stored yet').waitFor();
    await page.locator('#dead').getByText('every event could be stored').waitFor();

    // Live, before any flush.
    await page.locator('#tail').getByText('live, by').waitFor();
    await send(url, event('order.placed', { source: 'shop-7' }));
    await row(page, 'tail', 'order.placed').getByText('shop-7').waitFor({ timeout: 10_000 });
    await page.locator('#tiles').getByText('1 event', { exact: true }).waitFor({ timeout: 10_000 });
    await page.getByRole('button', { name: 'Flush now' }).click();
    await notice(page).getByText('Flush completed: 1 event').waitFor();
    await row(page, 'operations', '1 segments, 1 events').waitFor();
    assert.equal(await row(page, 'tail', 'order.placed').count(), 1, 'stored, it comes once more');
    await page.locator('#tiles').getByText('balanced').waitFor();
  },

  async 'every chart has data'({ url, openPage }) {
    await send(url, event('alpha'), event('beta'), event('beta', { timestamp: 'not a time' }));
    await flush(url);
    const page = await openPage();
    for (const id of ['rate', 'pass', 'flush', 'depth']) {
      const figure = page.locator(`#chart-${id}`);
      await page.waitForFunction(id => document.querySelector(`#chart-${id} .empty`)?.textContent === '' && document.querySelector(`#chart-${id} canvas`), id);
      const legend = await figure.locator('.legend').innerText();
      assert.match(legend, /\d/, `${id}: ${legend}`);
    }
    assert.match(await page.locator('#chart-rate .legend').innerText(), /alpha/);
    assert.match(await page.locator('#chart-pass .legend').innerText(), /66\.66 %, 1 failed/);
    assert.match(await page.locator('#chart-flush .legend').innerText(), /3 events/);
    for (const id of ['rate', 'pass', 'flush'])
      assert.ok(await inked(page, id) > 10, `nothing is drawn in ${id}`);

    // The arrows find the bar without a mouse; zooming goes to all four, and back.
    await page.locator('#chart-rate .plot').press('ArrowLeft');
    await page.locator('#chart-rate .plot').press('+');
    await page.getByRole('button', { name: 'Reset zoom' }).click();
    await page.locator('#unzoom').waitFor({ state: 'hidden' });
    for (const range of ['1 h', '6 h', '24 h', '7 d', '30 d']) {
      await page.getByRole('radio', { name: range, exact: true }).check();
      await page.waitForFunction(range => document.querySelector('#chart-rate .plot').getAttribute('aria-label').includes(`over ${range}:`), range);
      assert.match(await page.locator('#chart-rate .plot').getAttribute('aria-label'), /beta 2 events/);
    }
  },

  async 'a breaker is isolated and reset'({ url, openPage }) {
    const page = await openPage();
    const breaker = row(page, 'breakers', /^metrics-store(?!-read)/);
    await breaker.getByRole('button', { name: 'Isolate' }).click();
    await page.locator('#dialog').getByRole('button', { name: 'Cancel' }).click();
    assert.equal((await call(url, 'GET', '/summary')).breakers[0].state, 'closed');

    await breaker.getByRole('button', { name: 'Isolate' }).click();
    await page.locator('#dialog').getByText('for every instance').waitFor();
    await page.locator('#dialog').getByRole('button', { name: 'Isolate' }).click();
    await breaker.getByText('isolated').waitFor();
    await verdict(page).getByText('Degraded').waitFor();
    await page.locator('#tiles').getByText('held up').waitFor();
    assert.equal((await call(url, 'GET', '/summary')).breakers[0].state, 'isolated');

    await page.locator('#verdict').getByRole('button', { name: 'Reset metrics-store' }).click();
    await page.locator('#dialog').getByRole('button', { name: 'Reset' }).click();
    await breaker.getByText('closed').waitFor();
    await verdict(page).getByText('Healthy').waitFor();
    await page.locator('#breakers').getByText('metrics-store: 2 transitions').click();
    await page.locator('#breakers').getByText('isolated → closed').waitFor();
    await row(page, 'operations', 'isolate').waitFor();
  },

  async 'dead letters are looked at, replayed and discarded'({ url, openPage }) {
    for (const type of ['lost.one', 'lost.two', 'lost.three'])
      await deadLetter(url, type);
    const page = await openPage();
    await row(page, 'dead', 'lost.one').getByRole('button', { name: 'Look at' }).click();
    await page.locator('#dialog pre').getByText('"reason": "conflict"').waitFor();
    await page.keyboard.press('Escape');

    await row(page, 'dead', 'lost.one').getByRole('button', { name: 'Replay' }).click();
    await notice(page).getByText('in the buffer again').waitFor();
    await row(page, 'dead', 'lost.one').getByText('1 time').waitFor();
    await buffered(url, 1);

    await row(page, 'dead', 'lost.two').getByRole('button', { name: 'Discard' }).click();
    await page.locator('#dialog').getByRole('button', { name: 'Discard' }).click();
    await row(page, 'dead', 'lost.two').waitFor({ state: 'detached' });

    // By filter: what would be done first, and it does no more than that until it is told to.
    await page.locator('#dead input[name=type]').fill('lost.three');
    await page.locator('#dead').getByRole('button', { name: 'Filter' }).click();
    await row(page, 'dead', 'lost.one').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Replay these' }).click();
    await page.locator('#dialog').getByText('1 dead letter would be put back').waitFor();
    await buffered(url, 1);
    await page.locator('#dialog').getByRole('button', { name: 'Replay 1' }).click();
    await page.locator('#dialog').getByText('1 of 1 dead letter replayed').waitFor();
    await page.locator('#dialog').getByRole('button', { name: 'Close' }).click();
    await buffered(url, 2);
    await row(page, 'dead', 'lost.three').getByText('1 time').waitFor();
  },

  async 'a running replay is seen by whoever looks, and stopped'({ url, openPage, requests }) {
    // At 500 a second, which is as fast as a replay goes unless it is told to, these take longer than a button.
    const all = 4500;
    await deadLetters(url, 'lost.many', all);
    const page = await openPage({}, hideable);
    await page.getByRole('button', { name: 'Replay these' }).click();
    await page.locator('#dialog').getByRole('button', { name: 'Replay 4,500' }).click();
    await page.locator('#dialog').getByText(/ of 4,500 dead letters replayed/).waitFor();

    // Nobody who looks away goes on asking how far it is.
    await page.evaluate(() => window.hide(true));
    await page.waitForTimeout(500);
    const asked = requests.length;
    await page.waitForTimeout(1500);
    assert.equal(requests.length, asked, 'it asks while it is hidden');
    await page.evaluate(() => window.hide(false));

    await page.locator('#dialog').getByRole('button', { name: 'Stop' }).click();
    await notice(page).getByText('Stopped. What was replayed until then stays replayed.').waitFor();
    const { replay } = await call(url, 'GET', '/dead-letters/replay');
    assert.equal(replay.state, 'stopped');
    assert.ok(replay.replayed > 0 && replay.replayed < all, `${replay.replayed} replayed`);
    await buffered(url, replay.replayed);
    await row(page, 'operations', 'cancel-replay').waitFor();

    // Escape only hides how far it is: the panel goes on telling it.
    await page.getByRole('button', { name: 'Replay these' }).click();
    await page.locator('#dialog').getByRole('button', { name: /^Replay \d/ }).click();
    await page.locator('#dialog').getByRole('button', { name: 'Hide' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Stop the replay' }).click();
    await notice(page).getByText('Stopped. What was replayed until then stays replayed.').waitFor();

    // What somebody else replays is seen by a page that is opened meanwhile, and gone when it has ended.
    await deadLetters(url, 'lost.theirs', 100);
    const theirs = call(url, 'POST', '/dead-letters/replay', { type: 'lost.theirs', rate_per_second: 2, limit: 100 });
    await page.waitForTimeout(300);
    const other = await openPage();
    await other.locator('#dead .running').getByText(/Replaying dead letters with type=lost\.theirs.* dead letters replayed/).waitFor();
    await other.getByRole('button', { name: 'Stop the replay' }).click();
    assert.equal((await theirs).stopped_by, 'cancelled');
    await other.getByRole('button', { name: 'Stop the replay' }).waitFor({ state: 'detached' });
  },

  async 'the tail stays usable under load'({ url, openPage }) {
    const page = await openPage();
    await page.locator('#interval').selectOption('2');
    await page.evaluate(() => {
      window.slowest = 0;
      new PerformanceObserver(list => list.getEntries().forEach(entry => { window.slowest = Math.max(window.slowest, entry.duration); })).observe({ type: 'longtask' });
    });

    let sending = true;
    const load = (async () => {
      while (sending) {
        const begun = Date.now();
        // More at once than wait for one reader of the stream.
        await send(url, ...Array.from({ length: 3000 }, () => event(`load.${made % 5}`)));
        await flush(url).catch(() => {});
        await new Promise(resolve => setTimeout(resolve, Math.max(0, 500 - (Date.now() - begun))));
      }
    })();
    await row(page, 'tail', 'load.1').first().waitFor();
    await page.locator('#tail').getByText('some between these are not shown').waitFor();
    await page.getByLabel('Type or source').fill('load.3');
    await row(page, 'tail', 'load.1').first().waitFor({ state: 'detached' });
    assert.ok(await row(page, 'tail', 'load.3').count() > 0);
    await page.getByRole('button', { name: 'Pause' }).click();
    const held = await row(page, 'tail', 'load.3').first().getAttribute('data-key');
    await page.getByRole('button', { name: /Go on \(.*new events?\)/ }).waitFor();
    assert.equal(await row(page, 'tail', 'load.3').first().getAttribute('data-key'), held);
    await page.getByRole('button', { name: /Go on/ }).click();
    await page.waitForFunction(held => document.querySelector('#tail tbody tr').getAttribute('data-key') !== held, held);
    assert.ok(await page.locator('#tail tbody tr').count() <= 100);
    sending = false;
    await load;
    // Reported, not asserted on a clock of a shared machine: what holds is that every act above was answered, and that the page does not grow.
    console.log(`The longest task was ${Math.round(await page.evaluate(() => window.slowest))} ms.`);
    assert.ok(await page.evaluate(() => document.querySelectorAll('*').length) < 5000);
  },

  async 'the server goes and comes back'({ openPage, test }) {
    const page = await openPage();
    await verdict(page).getByText('Healthy').waitFor();
    await page.locator('#flags tbody tr').first().waitFor();
    await test('stop');
    await verdict(page).getByText('No answer').waitFor();
    await page.locator('#verdict').getByText('cannot be reached').waitFor();
    await page.locator('#verdict').getByText(/What is below is .* old/).waitFor();
    assert.match(await page.title(), /^No answer/);
    assert.equal(await page.locator('#flags tbody tr').count() > 0, true, 'what was known stays to be seen');
    await test('start');
    await verdict(page).getByText('Healthy').waitFor();
  },

  async 'it asks for a key'({ openPage, requests }) {
    const page = await openPage();
    await page.locator('#dialog').getByText('A key is needed').waitFor();
    await page.locator('#key').fill('wrong-key-0123456789');
    await page.keyboard.press('Enter');
    await page.locator('#dialog').getByText('The key of this tab does not open this. Send the read key').waitFor();
    await page.locator('#key').fill('read-key-0123456789');
    await page.locator('#dialog').getByRole('button', { name: 'Use it' }).click();
    await verdict(page).getByText('Healthy').waitFor();

    // The read key shows everything and changes nothing.
    await page.getByRole('button', { name: 'Flush now' }).click();
    await page.locator('#dialog').getByText(/operate key in x-functions-key/).waitFor();
    await page.locator('#key').fill('operate-key-0123456789');
    await page.locator('#dialog').getByRole('button', { name: 'Use it' }).click();
    await verdict(page).getByText('Healthy').waitFor();
    await page.getByRole('button', { name: 'Flush now' }).click();
    await notice(page).getByText(/^Flush (empty|completed)/).waitFor();

    assert.deepEqual(await page.evaluate(() => Object.values(localStorage).filter(value => value.includes('key'))), []);
    assert.equal(await page.evaluate(() => document.cookie), '');
    assert.ok(requests.every(request => !request.url.includes('0123456789')), 'a key is in an address');
    // Another tab of the same browser has none.
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.locator('#dialog').getByText('A key is needed').waitFor();
  },

  async 'hostile content stays text'({ url, openPage, faults }) {
    const evil = [
      '<img src=x onerror="window.hacked=1">', '<script>window.hacked=2</script>', '"><svg onload=window.hacked=3>', 'javascript:window.hacked=4', '{{7*7}}${7*7}',
      '</td></table><h1>gone</h1>', "' onfocus='window.hacked=5' autofocus='", '\u202Egnp.exe',
    ];
    for (const [index, text] of evil.entries()) {
      const type = text.slice(0, 50);
      await deadLetter(url, type, { source: text, metadata: { [text]: text } });
      await send(url, event(type, { source: text, data: { [text]: [text, index] }, extra: text }));
    }
    await flush(url);
    await call(url, 'POST', `/breakers/metrics-store/isolate`);
    await call(url, 'POST', `/breakers/metrics-store/reset`);

    const page = await openPage();
    await row(page, 'tail', '<script>').first().waitFor();
    await row(page, 'dead', '<script>').first().waitFor();
    await page.waitForFunction(() => document.querySelector('#chart-rate .legend')?.textContent.includes('<img'));
    for (const button of await page.locator('#dead').getByRole('button', { name: 'Look at' }).all()) {
      await button.click();
      await page.locator('#dialog pre').waitFor();
      await page.keyboard.press('Escape');
    }
    await page.locator('#tail').getByRole('button', { name: 'Look at' }).first().click();
    await page.locator('#dialog pre').waitFor();
    await page.keyboard.press('Escape');
    await page.getByLabel('Type or source').fill(evil[0]);
    await page.getByRole('button', { name: 'Discard' }).first().click();
    await page.locator('#dialog .quoted').waitFor();
    await page.keyboard.press('Escape');

    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator('main img, main svg, main script, #dialog img, #dialog svg, main h1').count(), 0);

    // And the guard behind it is there: a string cannot become markup even for whoever would write it so.
    const guarded = await page.evaluate(() => { try { document.body.innerHTML = '<b>'; return 'let in'; } catch (error) { return error.name; } });
    assert.equal(guarded, 'TypeError');
    // The browser tells of it a moment later.
    const isTold = () => faults.some(fault => fault.startsWith('CSP: require-trusted-types-for'));
    for (let tries = 0; tries < 100 && !isTold(); tries++)
      await page.waitForTimeout(100);
    assert.ok(isTold());
    for (let at = faults.length - 1; at >= 0; at--) {
      if (faults[at].startsWith('CSP: require-trusted-types-for') || faults[at].includes('TrustedHTML'))
        faults.splice(at, 1);
    }
  },

  async 'markup in every field of every answer stays text'({ url, openPage }) {
    await deadLetter(url, 'some.event');
    await send(url, event('waiting'));
    await call(url, 'POST', '/breakers/metrics-store/isolate');
    await call(url, 'POST', '/breakers/metrics-store/reset');
    // Whatever an answer says in words, names of breakers and flags, causes, actors and hosts too, is markup; times, ids and states stay what they are.
    const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>';
    const kept = new Set(['status', 'state', 'from', 'to', 'next_cursor']);
    const poison = (value, name) => typeof value === 'string' ? (kept.has(name) || /id$/.test(name) || !Number.isNaN(Date.parse(value)) ? value : `${value} ${evil}`)
      : Array.isArray(value) ? value.map(one => poison(one, name))
      : value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, poison(one, name)])) : value;
    const page = await openPage({}, fresh => fresh.route(/\/(summary|metrics|flags|health|dead-letters|events|operations)(\/(?!stream)[^/]*)?(\?|$)/, async route => {
      const answer = await route.fetch();
      await route.fulfill(answer.status() === 200 ? { response: answer, json: poison(await answer.json()) } : { response: answer });
    }));
    for (const section of ['breakers', 'flags', 'operations', 'dead', 'tail'])
      await row(page, section, '<img src=x').first().waitFor();
    await page.locator('#who').getByText('<img src=x').waitFor();
    await page.locator('#tiles').getByText('<img src=x').first().waitFor();
    await page.waitForFunction(() => document.querySelector('#chart-rate .legend')?.textContent.includes('<img'));
    for (const act of ['isolate', 'dead-look', 'dead-discard', 'tail-look']) {
      await page.locator(`[data-do=${act}]`).first().click();
      await page.locator('#dialog').getByText('<img src=x').first().waitFor();
      await page.keyboard.press('Escape');
    }
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator('main img, main script, #dialog img, #dialog script, #notice img, header img').count(), 0);
  },

  async 'a part that cannot be read says so, and how old it is'({ url, openPage }) {
    await deadLetter(url, 'some.event');
    const page = await openPage();
    await row(page, 'dead', 'some.event').waitFor();
    await page.route(/\/(metrics|flags|dead-letters|operations)/, route => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"detail":"The store is away."}' }));
    await page.getByRole('button', { name: 'Refresh' }).click();
    for (const section of ['breakers', 'flags', 'operations', 'dead']) {
      await page.locator(`#${section} .state`).getByText(/The store is away\. This is from (just now|\d+ s ago)\./).waitFor();
      assert.ok(await page.locator(`#${section} tbody tr`).count() > 0, `${section} does not keep what was known`);
    }
    await page.locator('#charts-state').getByText(/The store is away\. This is from/).waitFor();

    await page.unroute(/\/(metrics|flags|dead-letters|operations)/);
    await page.locator('.state.stale').first().waitFor({ state: 'detached' });
    for (const section of ['breakers', 'flags', 'operations', 'dead'])
      assert.equal(await page.locator(`#${section} .state`).innerText(), '');
  },

  async 'axe finds no serious fault'({ url, openPage, axe }) {
    await deadLetter(url, 'some.event');
    await send(url, event('waiting'));
    await call(url, 'POST', '/breakers/metrics-store-read/isolate');
    await call(url, 'POST', '/breakers/metrics-store-read/reset');
    await call(url, 'POST', '/breakers/metrics-store/isolate');
    for (const [colorScheme, width] of [['light', 1280], ['dark', 1280], ['light', 390]]) {
      // axe-core is put in as a script of the test's own, which the page's policy would rightly stop.
      const page = await openPage({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
      await verdict(page).getByText('Degraded').waitFor();
      await row(page, 'dead', 'some.event').waitFor();
      await page.waitForFunction(() => document.querySelector('#chart-rate canvas'));
      await page.addScriptTag({ content: axe });
      assert.deepEqual(await serious(page, ''), [], `${colorScheme} at ${width}`);
      await page.locator('#dead').getByRole('button', { name: 'Discard' }).first().click();
      await page.locator('#dialog').getByText('for good').waitFor();
      assert.deepEqual(await serious(page, ''), [], `dialog, ${colorScheme} at ${width}`);
      // Nothing sticks out to the side, on a phone least of all.
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} wide and it scrolls sideways`);
      await page.context().close();
    }
  },

  async 'axe finds no serious fault in any state'({ url, openPage, axe }) {
    const problem = (status, detail) => ({ status, contentType: 'application/problem+json', body: JSON.stringify({ detail }) });
    const running = { replay_id: crypto.randomUUID(), target: 'all dead letters', state: 'running', started_at: new Date().toISOString(), limit: 1000, rate_per_second: 1, matched: 9, replayed: 3, rejected: 0, remaining: 6 };
    // A host on which nothing has happened is the empty state; the others are put before it.
    const states = {
      empty: { seen: page => page.locator('#dead').getByText('There are none') },
      loading: { set: page => page.route('**/summary', () => {}), seen: page => verdict(page).getByText('Looking') },
      'no answer': { set: page => page.route('**/summary', route => route.abort()), seen: page => page.locator('#verdict').getByText('cannot be reached') },
      'a key': { set: page => page.route('**/summary', route => route.fulfill(problem(401, 'Send the read key.'))), seen: page => page.locator('#dialog').getByText('A key is needed') },
      'no part': {
        set: page => page.route(/\/(metrics|flags|dead-letters|operations)/, route => route.fulfill(problem(503, 'The store is away.'))),
        seen: page => page.locator('#dead .state').getByText('The store is away.'),
      },
      replaying: {
        set: page => page.route('**/dead-letters/replay', route => route.fulfill({ json: { instance: 'vm', replay: running } })),
        seen: page => page.getByRole('button', { name: 'Stop the replay' }),
      },
      'to isolate': {
        seen: async page => {
          await page.locator('[data-do=isolate]').first().click();
          await page.locator('#dialog').getByText('for every instance').waitFor();
          return page.locator('#dialog');
        },
      },
      notice: {
        seen: async page => {
          await page.getByRole('button', { name: 'Flush now' }).click();
          return notice(page).getByText('Flush');
        },
      },
    };
    await flush(url);
    for (const [name, { set, seen }] of Object.entries(states)) {
      for (const colorScheme of ['light', 'dark']) {
        const page = await openPage({ colorScheme, bypassCSP: true }, set);
        await (await seen(page)).waitFor();
        await page.addScriptTag({ content: axe });
        assert.deepEqual(await serious(page, ''), [], `${name}, ${colorScheme}`);
        await page.context().close();
      }
    }
  },

  async 'nothing sticks out or overlaps, from a phone to a wall'({ url, openPage }) {
    await deadLetter(url, 'a.rather.long.type.of.an.event.that.died.yesterday', { source: `some-host-${'x'.repeat(60)}` });
    for (const [width, height] of [[360, 640], [390, 844], [768, 1024], [1280, 720], [1920, 1080], [3840, 2160]]) {
      const page = await openPage({ viewport: { width, height } });
      for (const section of ['breakers', 'flags', 'dead', 'tail'])
        await page.locator(`#${section} tbody tr`).first().waitFor();
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} wide and it scrolls sideways`);
      const cut = await page.evaluate(() => [...document.querySelectorAll('button, h1, h2, .value, .detail, .badge, label, #who, #freshness')]
        .filter(element => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline' && element.clientWidth > 1)
        .map(element => `${element.tagName} ${element.textContent.slice(0, 40)}`));
      assert.deepEqual(cut, [], `cut at ${width}`);
      const over = await page.evaluate(() => {
        const buttons = [...document.querySelectorAll('button')].filter(one => one.offsetParent);
        const boxes = buttons.map(one => one.getBoundingClientRect());
        return buttons.filter((_, at) => boxes.some((box, other) => other !== at && box.left < boxes[at].right - 1 && box.right > boxes[at].left + 1 && box.top < boxes[at].bottom - 1 && box.bottom > boxes[at].top + 1))
          .map(one => one.textContent);
      });
      assert.deepEqual(over, [], `buttons lie over others at ${width}`);
      await page.context().close();
    }
  },

  async 'it can be worked with the keyboard alone'({ openPage }) {
    const page = await openPage();
    await row(page, 'breakers', 'metrics-store').first().waitFor();
    const reached = [];
    for (let at = 0; at < 60; at++) {
      await page.keyboard.press('Tab');
      const here = await page.evaluate(() => {
        const element = document.activeElement;
        const style = getComputedStyle(element.matches('input[type=radio]') ? element.nextElementSibling : element);
        return { what: `${element.tagName} ${element.dataset.do ?? element.name ?? element.id ?? ''} ${element.dataset.name ?? ''}`.trim(), outline: style.outlineStyle };
      });
      reached.push(here.what);
      if (!here.what.startsWith('BODY'))
        assert.notEqual(here.outline, 'none', `${here.what} does not show that it has the focus`);
    }
    for (const wanted of ['BUTTON refresh', 'BUTTON key', 'BUTTON flush', 'INPUT range', 'BUTTON isolate metrics-store', 'SELECT reason', 'BUTTON tail-pause'])
      assert.ok(reached.includes(wanted), `${wanted} is not reached: ${[...new Set(reached)].join(', ')}`);

    // Focus survives what is drawn anew under it, and a dialog gives it back.
    await page.locator('[data-do=isolate][data-name=metrics-store]').focus();
    await page.waitForTimeout(2500);
    assert.equal(await page.evaluate(() => document.activeElement.dataset.name), 'metrics-store');
    await page.keyboard.press('Enter');
    await page.locator('#dialog[open]').waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.evaluate(() => document.activeElement.dataset.name), 'metrics-store');
  },

  async 'an idle page asks once an interval, for next to nothing, and a hidden one not at all'({ url, openPage }) {
    await send(url, event('only.one'));
    await flush(url);
    const answers = [];
    const sizes = [];
    const page = await openPage({}, async fresh => {
      fresh.on('response', response => answers.push({ path: new URL(response.url()).pathname, status: response.status() }));
      const session = await fresh.context().newCDPSession(fresh);
      await session.send('Network.enable');
      session.on('Network.responseReceived', ({ response }) => sizes.push(response.encodedDataLength));
      await hideable(fresh);
    });
    await page.locator('#interval').selectOption('2');
    await row(page, 'tail', 'only.one').waitFor();
    await page.waitForTimeout(3000);
    await streams(url, 1);

    answers.length = sizes.length = 0;
    await page.waitForFunction(since => performance.now() - since > 9000, await page.evaluate(() => performance.now()));
    assert.deepEqual([...new Set(answers.map(answer => `${answer.status} ${answer.path}`))], ['304 /summary']);
    assert.ok(answers.length <= 5, `${answers.length} requests in 9 s at an interval of 2 s`);
    assert.ok(answers.length >= 2, `${answers.length} requests in 9 s`);
    console.log(`Idle: ${answers.length} requests in 9 s, ${Math.max(...sizes)} bytes each at most over the wire.`);
    assert.ok(sizes.length > 0 && Math.max(...sizes) < 1000, `${sizes} bytes`);

    await page.evaluate(() => window.hide(true));
    await streams(url, 0);
    await page.waitForTimeout(500);
    answers.length = 0;
    await page.waitForTimeout(5000);
    assert.deepEqual(answers, []);
    await page.evaluate(() => window.hide(false));
    await page.waitForResponse(response => response.url().endsWith('/summary'));
    await streams(url, 1);
  },

  async 'the first load is small'({ openPage }) {
    let bytes = 0;
    const sizes = [];
    const page = await openPage({}, async fresh => {
      const session = await fresh.context().newCDPSession(fresh);
      await session.send('Network.enable');
      const paths = new Map();
      session.on('Network.responseReceived', ({ requestId, response }) => paths.set(requestId, new URL(response.url, 'http://x').pathname));
      session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
        bytes += encodedDataLength;
        sizes.push(`${paths.get(requestId)} ${encodedDataLength}`);
      });
    });
    await verdict(page).getByText('Healthy').waitFor();
    for (const section of ['breakers', 'flags'])
      await page.locator(`#${section} tbody tr`).first().waitFor();
    for (const [section, text] of [['dead', 'There are none'], ['tail', 'live, by'], ['operations', 'Nobody has done'], ['charts', 'No event in the last']])
      await page.locator(`#${section}`).getByText(text).first().waitFor();
    // The stream stays open, so the network is never idle: what was asked for is here, and nothing more comes.
    await page.waitForTimeout(1000);
    console.log(`First load: ${bytes} bytes over the wire, figures included.\n${sizes.join('\n')}`);
    assert.ok(bytes > 10_000 && bytes < 150_000, `${bytes} bytes`);
  },

  async 'pictures'({ url, openPage, test, pictures }) {
    for (const [type, source] of [['checkout.completed', 'web-shop'], ['user.login', 'auth-service']])
      await deadLetter(url, type, { source });
    const page = await openPage({ viewport: { width: 1440, height: 1080 } });
    await page.locator('#interval').selectOption('2');
    await verdict(page).getByText('Healthy').waitFor();
    // Minutes of demo traffic are on the host already; a while longer gives the buffer's own line a shape.
    await page.waitForTimeout(12_000);
    await page.screenshot({ path: join(pictures, 'dashboard.png') });

    await test('break');
    // Some failures later the breakers open.
    await verdict(page).getByText('Degraded').waitFor({ timeout: 120_000 });
    await page.locator('#breakers').getByText(/^✕open for/).first().waitFor({ timeout: 120_000 });
    await page.locator('#charts-state.stale').waitFor();
    await page.screenshot({ path: join(pictures, 'dashboard-outage.png') });
  },
};
