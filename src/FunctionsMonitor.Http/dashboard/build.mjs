// Makes the page into the folder named by the only argument. Run by the build of FunctionsMonitor.Http (dashboard.targets), which reads the
// exit code: 0 made, 3 there are no tools for it, anything else a mistake in the page.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const toolsMissing = 3;
const here = dirname(fileURLToPath(import.meta.url));
const output = process.argv[2].replace(/[\\/]+$/, '');
const installed = join(here, 'node_modules', '.installed');

function leave(code, ...said) {
  console.log(said.filter(Boolean).join(' ').replace(/\s+/g, ' ').trim());
  process.exit(code);
}

function run(command, args, failure) {
  const shell = process.platform === 'win32' && command === 'npm';
  const done = spawnSync(command, args, { cwd: here, encoding: 'utf8', shell });
  if (done.status !== 0)
    leave(failure, `'${command} ${args.join(' ')}' failed:`, done.error?.message, done.stdout, done.stderr);
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19) || (major === 22 && minor < 12))
  leave(toolsMissing, `This is Node ${process.versions.node}.`);

// npm ci takes seconds and removes what is there, so only when the lock file is another one than it was run for.
const wanted = createHash('sha256').update(readFileSync(join(here, 'package-lock.json'))).update(process.platform + process.arch).digest('hex');
if (!existsSync(installed) || readFileSync(installed, 'utf8') !== wanted) {
  run('npm', ['ci'], toolsMissing);
  writeFileSync(installed, wanted);
}

run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '--noEmit'], 1);

// Beside the folder and then in its place: a build that was stopped leaves no half page.
const unfinished = `${output}.new`;
rmSync(unfinished, { recursive: true, force: true });
mkdirSync(unfinished, { recursive: true });
run(process.execPath, [join('node_modules', 'vite', 'bin', 'vite.js'), 'build', '--outDir', unfinished, '--emptyOutDir'], 1);

// Relative, for a proxy may put a prefix before /dashboard; Vite makes them absolute.
const index = join(unfinished, 'index.html');
writeFileSync(index, readFileSync(index, 'utf8').replaceAll('="/dashboard/', '="dashboard/'));

for (const name of readdirSync(unfinished)) {
  const bytes = readFileSync(join(unfinished, name));
  writeFileSync(join(unfinished, `${name}.br`), brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}

rmSync(output, { recursive: true, force: true });
renameSync(unfinished, output);
