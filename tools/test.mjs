import { parseArgs } from 'node:util';
import { install, turbo } from './prepare.mjs';
import { green, plain, print, red, seconds, stage, yellow } from './stage.mjs';

const node = (...args) => ({ command: process.execPath, args });

/**
 * The stages in order; `needs` says what has to be generated or built before. Consecutive stages with `parallel` run two at a
 * time: each waits for other processes, or computes on one core.
 */
const STAGES = {
  lint: {
    title: 'format, lint, spelling, generated tables',
    needs: 'generate',
    parallel: true,
    commands: [
      { command: 'biome', args: ['check', '--error-on-warnings'] },
      { command: 'cspell', args: ['lint', '--no-progress', '--no-summary'] },
      node('tools/generate/run.mjs', '--check'),
    ],
  },
  types: {
    title: 'types',
    needs: 'generate',
    parallel: true,
    command: 'tsc',
    args: ['--noEmit', '-p', 'tsconfig.json'],
  },
  vitest: { title: 'vitest', needs: 'generate', command: 'vitest', args: ['run'], show: 'all' },
  conformance: {
    title: "tfjs-core's own specs",
    needs: 'generate',
    parallel: true,
    ...node('tools/conformance/run.mjs', '--backend', 'simd', '--threads', '1'),
    show: 'last',
  },
  webgpu: {
    title: "tfjs-core's specs for the operations used in training, on webgpu",
    needs: 'generate',
    parallel: true,
    ...node('tools/conformance/run.mjs', '--backend', 'webgpu'),
    show: 'last',
  },
  smoke: {
    title: 'the packed packages in an empty project',
    needs: 'build',
    parallel: true,
    ...node('tools/smoke/run.mjs'),
    show: 'last',
  },
  browser: {
    title: 'bundlers and Chromium',
    needs: 'build',
    parallel: true,
    ...node('tools/browser/run.mjs'),
    show: 'last',
  },
  examples: {
    title: 'examples',
    needs: 'build',
    parallel: true,
    ...node('examples/run.mjs'),
    show: 'last',
  },
  size: { title: 'sizes', needs: 'build', parallel: true, command: 'size-limit', args: [] },
  publishing: {
    title: 'publint and attw',
    needs: 'build',
    parallel: true,
    ...node('tools/publishing/run.mjs'),
    show: 'last',
  },
};

/** `npm test`: every stage runs, even after another has failed. */
export async function main(args) {
  // The vector width of Mesa's software GPU in bits: with 128 its shaders compile in less than half the time.
  process.env.LP_NATIVE_VECTOR_WIDTH ??= '128';
  const names = selection(args);
  if (!names) return 2;
  const started = performance.now();
  if (!(await install())) return 1;
  const ready = await prepare(names.map((name) => STAGES[name].needs));

  const results = new Map();
  const run = async (name) => {
    const { needs, ...options } = STAGES[name];
    if (needs && !ready[needs]) {
      print(`▸ ${options.title} … ${red(`not run, because ${needs} failed`)}`);
      results.set(name, { status: 'failed' });
    } else {
      results.set(name, await stage(options));
    }
  };
  for (const row of rows(names)) {
    const lane = async () => {
      for (let name = row.shift(); name; name = row.shift()) await run(name);
    };
    await Promise.all([lane(), lane()]);
  }
  return summary(results, performance.now() - started);
}

/** Groups of stages: consecutive parallel ones in one array, every other stage in a separate array. */
function rows(names) {
  const found = [];
  for (const [i, name] of names.entries()) {
    if (i > 0 && STAGES[name].parallel && STAGES[names[i - 1]].parallel) found.at(-1).push(name);
    else found.push([name]);
  }
  return found;
}

function selection(args) {
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== '--'),
      options: { only: { type: 'string' } },
    });
    const names = values.only?.split(',') ?? Object.keys(STAGES);
    const unknown = names.filter((name) => !Object.hasOwn(STAGES, name));
    if (unknown.length === 0) return names;
    print(
      `npm test: there is no stage ${unknown.join(', ')}; the stages are ${Object.keys(STAGES).join(', ')}`,
    );
  } catch (error) {
    print(`npm test: ${error.message}\nusage: npm test [-- --only ${Object.keys(STAGES).join(',')}]`);
  }
  return undefined;
}

/** Generates and builds what the stages need. */
async function prepare(needs) {
  const wanted = new Set(needs);
  const ready = { generate: true, build: true };
  if (wanted.has('generate') || wanted.has('build')) {
    ready.generate = await turbo(['generate'], { title: 'generating wasm and gradients' });
  }
  if (wanted.has('build')) {
    ready.build =
      ready.generate && (await turbo(['build'], { title: 'building the packages', filter: './packages/*' }));
  }
  return ready;
}

function summary(results, milliseconds) {
  const withStatus = (status) =>
    [...results].filter(([, result]) => result.status === status).map(([name]) => name);
  const [passed, failed, missing] = ['passed', 'failed', 'cannot run'].map(withStatus);
  // In CI everything has to run.
  const ok = failed.length === 0 && (missing.length === 0 || !process.env.CI);
  const closing = plain(results.get('vitest')?.output ?? '').match(/^ *(Test Files|Tests) .*$/gm) ?? [];
  print('');
  for (const line of closing) print(line);
  const counts = [
    `${passed.length} passed`,
    `${failed.length} failed${failed.length > 0 ? ` (${failed.join(', ')})` : ''}`,
    ...(missing.length > 0 ? [yellow(`${missing.length} could not run here (${missing.join(', ')})`)] : []),
  ];
  print(`${ok ? green('✓') : red('✗')} stages: ${counts.join(', ')}, ${seconds(milliseconds)}`);
  return ok ? 0 : 1;
}
