// Runs one scenario in a real Chromium. Started by DashboardTests, which has the host and whatever else lies outside the page:
//   node run.mjs <scenario> <url of the host> <path of node_modules> <path of chromium> <folder for pictures, or nothing>
// "> word argument" on standard output asks the test for something; its answer, one line of JSON, comes on standard input.
// Exit code 0: everything held. Otherwise what did not is on standard error.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [name, url, modules, executablePath, pictures] = process.argv.slice(2);
const require = createRequire(pathToFileURL(join(modules, 'x')));
const { chromium } = require('playwright-core');
const axe = require('axe-core').source;
const { scenarios } = await import('./scenarios.mjs');

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
async function test(word, argument = '') {
  process.stdout.write(`> ${word} ${argument}\n`);
  const { value, done } = await lines.next();
  if (done)
    throw new Error('The test has gone.');
  return JSON.parse(value);
}

const faults = [];
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
try {
  const requests = [];
  const openPage = async (options = {}, setUp = async () => {}) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(45_000);
    page.on('pageerror', error => faults.push(`error in the page: ${error.message}`));
    page.on('console', message => {
      // A status that is no success is logged as an error too, and is what some scenarios are about.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        faults.push(`console: ${message.text()}`);
    });
    page.on('request', request => requests.push({ method: request.method(), url: request.url(), at: Date.now() }));
    await page.exposeFunction('noteViolation', what => faults.push(`CSP: ${what}`));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', event => window.noteViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
    });
    await setUp(page);
    await page.goto(new URL('/', url).href);
    return page;
  };

  await scenarios[name]({ url, test, openPage, requests, faults, axe, pictures, browser });
  for (const request of requests) {
    if (!request.url.startsWith('data:') && new URL(request.url).origin !== new URL(url).origin)
      faults.push(`asked another host: ${request.url}`);
  }
} catch (error) {
  faults.push(error.stack ?? String(error));
} finally {
  await browser.close();
}

if (faults.length > 0)
  process.stderr.write(`${faults.join('\n')}\n`);
process.exit(faults.length > 0 ? 1 : 0);
