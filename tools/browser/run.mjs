// The built packages in Chromium: a small training run through esbuild, vite and webpack, on the main thread and in a
// worker, on pages with and without cross-origin isolation; and the bundle for Node in Node.
//   node tools/browser/run.mjs [--only esbuild]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleForNode, bundlers } from './bundlers.mjs';
import { findChromium, launchChromium } from './chromium.mjs';
import { serve } from './server.mjs';

/** The exit code for a stage that cannot run on this machine. */
const CANNOT_RUN = 3;
const THREADS = 3;
const PATIENCE_MILLISECONDS = 60_000;
/** Between backends and variants (with and without fused multiply-add), relative, after eight steps. */
const TOLERANCE = 1e-4;

const { values: options } = parseArgs({ options: { only: { type: 'string' } } });
const names = Object.keys(bundlers).filter((name) => !options.only || name === options.only);

const executable = findChromium();
if (!executable) {
  console.log(
    "there is no Chromium on the PATH: install Debian's package chromium, or set CHROMIUM to its path",
  );
  process.exit(CANNOT_RUN);
}
const folder = mkdtempSync(join(tmpdir(), 'tenfold-browser-'));
const problems = [];
let runs = 0;
let browser;
let server;
try {
  const expected = await runInNode();
  for (const name of names) await bundlers[name](made(name));
  server = await serve(folder);
  browser = await launchChromium(executable);
  for (const name of names) {
    for (const headers of ['plain', 'isolated']) {
      for (const where of ['page', 'worker']) await check({ name, headers, where }, expected);
    }
  }
  // A policy that forbids workers leaves one thread, not an error and not a hang.
  await check({ name: names[0], headers: 'workerless', where: 'page' }, expected);
} catch (error) {
  problems.push(error.stack);
} finally {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
}
for (const problem of problems) console.log(problem);
console.log(
  problems.length > 0
    ? `${problems.length} of ${runs} runs failed`
    : `${runs} runs, ${names.join(', ')}: page and worker, isolated (${THREADS} threads) and not (1 thread), and Node`,
);
process.exitCode = problems.length > 0 ? 1 : 0;

/** @returns what tfjs's own CPU backend gives, after the simd backend has given the same in both forms of module */
function runInNode() {
  const files = { esm: join(made('node'), 'program.mjs'), cjs: join(folder, 'node', 'program.cjs') };
  return (async () => {
    for (const [format, file] of Object.entries(files)) await bundleForNode(file, format);
    const reference = program(files.cjs, 'cpu', 1);
    for (const [format, file] of Object.entries(files)) {
      compare(`Node, ${format}`, program(file, 'simd', THREADS), reference, {
        threads: THREADS,
        sharedMemory: true,
      });
    }
    return reference;
  })();
}

function program(file, backend, threads) {
  const output = execFileSync(process.execPath, [file, backend, String(threads)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: PATIENCE_MILLISECONDS,
  });
  return JSON.parse(output.trim().split('\n').at(-1));
}

async function check({ name, headers, where }, expected) {
  const title = `${name}, ${headers} ${where}`;
  const page = await browser.newPage();
  const messages = [];
  page.on('pageerror', (error) => messages.push(error.message));
  page.on('console', (message) => message.type() === 'error' && messages.push(message.text()));
  try {
    await page.goto(`${server.address}/${headers}/${name}/index.html?where=${where}&threads=${THREADS}`);
    await page.waitForFunction(() => globalThis.training, undefined, { timeout: PATIENCE_MILLISECONDS });
    const result = await within(
      PATIENCE_MILLISECONDS,
      page.evaluate(() => globalThis.training),
    );
    const isolated = headers === 'isolated';
    compare(title, result, await expected, {
      threads: isolated ? THREADS : 1,
      sharedMemory: headers !== 'plain',
      crossOriginIsolated: headers !== 'plain',
      inWorker: where === 'worker',
    });
  } catch (error) {
    problems.push(`✗ ${title}: ${error.message} ${messages.join('; ')}`);
  } finally {
    await page.close();
  }
}

/** Compares a result with that of tfjs's CPU backend and with the expected `facts`. */
function compare(title, result, reference, facts) {
  runs++;
  const wrong = [];
  const wanted = { backend: 'simd', tensorsLeft: 0, arenaBytesLeft: 0, ...facts };
  for (const [key, value] of Object.entries(wanted)) {
    if (result[key] !== value) wrong.push(`${key} is ${result[key]}, expected ${value}`);
  }
  const values = ({ losses, weightSum }) => [...losses, weightSum];
  const [got, want] = [values(result), values(reference)];
  const close = (value, i) => Math.abs(value - want[i]) <= TOLERANCE * Math.abs(want[i]);
  if (got.length !== want.length || !got.every(close)) wrong.push(`values are ${got}, expected ${want}`);
  if (!(result.losses.at(-1) < result.losses[0] / 2)) wrong.push(`the losses ${result.losses} do not fall`);
  if (wrong.length > 0) problems.push(`✗ ${title}: ${wrong.join('; ')}`);
}

function within(milliseconds, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no result within ${milliseconds / 1000} s`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function made(name) {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}
