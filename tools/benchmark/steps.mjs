// Training throughput of whole steps, compared with other engines, interleaved, for the READMEs. On an idle machine:
//   npm run build && node tools/benchmark/steps.mjs --install --kernels --out runs/steps
// writes results.json, steps.md and steps.svg. `--help` lists the options.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chart } from './src/chart.mjs';
import { markdown, quantiles, ratios, shareOfPeak, summarize } from './src/summary.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const peers = join(here, 'peers');
const LONGEST_MILLISECONDS = 600_000;

const usage = `node tools/benchmark/steps.mjs [options]
  --models NAMES    cnn,cnn94,fnn,vit,rnn,small (all)
  --engines NAMES   simd,simd-flags,simd-node,torch,torch-avx2,wasm,jax,cpu (all available ones): -flags with
                    enableExperimentalV8Flags(), -node the same on the Node of --node, -avx2 without AVX-512
  --rounds N        rounds; each engine has one turn per round (5)
  --steps N         steps per turn, after one warmup step (4)
  --threads N       for simd and torch (2)
  --batch N         batch size for all models, for quick trials
  --node FILE       a second, newer Node
  --kernels         also measure the kernels, compared with the machine's peak
  --profile         also measure the time of each kernel in a step, on simd
  --kernel-seconds N  seconds per kernel (1)
  --install         first install the other JavaScript engines into tools/benchmark/peers
  --python FILE     a Python with torch (/usr/bin/python3)
  --out FOLDER      output folder (runs/steps)`;

const { values: options } = parseArgs({
  options: {
    models: { type: 'string', default: 'cnn,cnn94,fnn,vit,rnn,small' },
    engines: { type: 'string', default: 'simd,simd-flags,simd-node,torch,torch-avx2,wasm,jax,cpu' },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '4' },
    threads: { type: 'string', default: '2' },
    batch: { type: 'string' },
    node: { type: 'string' },
    kernels: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    'kernel-seconds': { type: 'string', default: '1' },
    install: { type: 'boolean', default: false },
    python: { type: 'string', default: '/usr/bin/python3' },
    out: { type: 'string', default: 'runs/steps' },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(usage);
  process.exit(0);
}

const BATCHES = { cnn: 250, cnn94: 250, fnn: 500, vit: 125, rnn: 250, small: 64 };
const tfjs = (backend, command = process.execPath) => ({
  command,
  args: [join(here, 'engines/tfjs.mjs'), backend],
});
const flags = { TENFOLD_V8_FLAGS: '1' };
const torch = { command: options.python, args: [join(here, 'engines/torch_steps.py')] };
// The instruction sets that PyTorch's libraries choose on a processor without AVX-512.
const avx2 = { ONEDNN_MAX_CPU_ISA: 'AVX2', ATEN_CPU_CAPABILITY: 'avx2', OPENBLAS_CORETYPE: 'Haswell' };
/** `rounds` and `steps` are set where the usual numbers would take hours. */
const ENGINES = {
  simd: tfjs('simd'),
  'simd-flags': { ...tfjs('simd'), env: flags },
  ...(options.node && { 'simd-node': { ...tfjs('simd', options.node), env: flags } }),
  torch,
  'torch-avx2': { ...torch, env: avx2 },
  // tfjs's wasm backend has no gradients for convolutions, so the table shows its error.
  wasm: { ...tfjs('wasm'), rounds: 2, steps: 2, peer: '@tensorflow/tfjs-backend-wasm' },
  jax: {
    command: process.execPath,
    args: [join(here, 'engines/jax.mjs')],
    models: ['small'],
    batch: 8,
    rounds: 3,
    steps: 2,
    peer: '@jax-js/jax',
  },
  // One image and one step: a batch of 250 would take half an hour.
  cpu: { ...tfjs('cpu'), models: ['cnn', 'fnn', 'vit', 'small'], batch: 1, rounds: 1, steps: 1 },
};

if (options.install) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'], {
    cwd: peers,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}
const loadBefore = load();
if (os.loadavg()[0] > 0.5) {
  console.log(
    `The load average is ${loadBefore}: other programs are running here, so these numbers are too low.`,
  );
}
const jobs = planJobs();
await interleave(jobs);
const flops = Object.fromEntries(
  jobs.flatMap(({ model, done }) =>
    done.filter(({ flopsPerImage }) => flopsPerImage).map(({ flopsPerImage }) => [model, flopsPerImage]),
  ),
);
const report = {
  date: new Date().toISOString(),
  commit: commit(),
  machine: { ...machine(), loadBefore, loadAfter: load() },
  settings: options,
  results: ratios(jobs.map((job) => summarize(job, job.done, flops[job.model]))),
  kernels: options.kernels ? measureKernels() : {},
  profiles: options.profile ? await measureProfiles() : [],
};
mkdirSync(options.out, { recursive: true });
writeFileSync(join(options.out, 'results.json'), `${JSON.stringify(report, undefined, 2)}\n`);
writeFileSync(join(options.out, 'steps.md'), markdown(report));
writeFileSync(join(options.out, 'steps.svg'), chart(report));
console.log(markdown(report));

/** One job per model and engine; `small` also runs with the slowest engine's batch on the fastest engine. */
function planJobs() {
  const planned = [];
  for (const model of options.models.split(',')) {
    if (!(model in BATCHES)) throw new Error(`there is no model ${model}\n${usage}`);
    for (const engine of options.engines.split(',')) {
      if (engine === 'simd-node' && !options.node) continue;
      const { models, batch = BATCHES[model], peer, ...turn } = ENGINES[engine] ?? unknown(engine);
      if (models && !models.includes(model)) continue;
      const job = { model, engine, batch: Number(options.batch ?? batch), done: [], ...turn };
      planned.push({ ...job, missing: missingPeer({ peer }) });
    }
  }
  const jax = planned.find(({ engine }) => engine === 'jax');
  if (jax && options.engines.includes('simd') && jax.batch !== Number(options.batch ?? BATCHES.small)) {
    planned.push({ model: 'small', engine: 'simd', batch: jax.batch, done: [], ...ENGINES.simd });
  }
  return planned;
}

/** The package of an engine if it is not installed. */
function missingPeer({ peer }) {
  return peer && !existsSync(join(peers, 'node_modules', peer)) ? peer : undefined;
}

function unknown(engine) {
  throw new Error(`there is no engine ${engine}\n${usage}`);
}

/** Each engine has a turn in every round, so that changes of the machine's speed affect all of them. */
async function interleave(planned) {
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const job of planned) {
      if (round >= (job.rounds ?? Number.POSITIVE_INFINITY) || job.done.some(({ error }) => error)) continue;
      const before = load();
      const result = job.missing
        ? { error: `${job.missing} is not installed; run this with --install` }
        : await turn(job);
      job.done.push({ ...result, load: before });
      const { model, engine, batch } = job;
      const rates = result.milliseconds?.map((one) => ((1000 * batch) / one).toFixed(1)).join(' ');
      console.log(
        `round ${round + 1}, ${model}, ${engine}, batch ${batch}: ${result.error ?? `${rates} images/s`}`,
      );
    }
  }
}

/** Starts an engine in a separate process; its last line is JSON. */
async function turn({ command, args, env, model, batch, steps = options.steps }) {
  const full = [...args, model, batch, steps, options.threads].map(String);
  const child = spawn(command, full, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_MILLISECONDS,
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) {
    child[stream].on('data', (chunk) => {
      output[stream] += chunk;
    });
  }
  const ended = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(signal ? `ended by ${signal}` : `exit code ${code}`));
  });
  try {
    return JSON.parse(output.stdout.trim().split('\n').at(-1));
  } catch {
    return { error: `${ended}: ${output.stderr.trim().split('\n').at(-1)}` };
  }
}

function measureKernels() {
  const script = join(here, '../../packages/backend-simd/benchmark/run.mjs');
  const args = [
    '--json',
    '--only',
    'MatMul|Conv',
    '--threads',
    options.threads,
    '--seconds',
    options['kernel-seconds'],
  ];
  if (options.batch) args.push('--examples', options.batch);
  const measureShare = (node, ...more) => shareOfPeak(runJson(node, [script, ...args, ...more]).timings);
  const others = ['wasm', 'cpu']
    .filter((name) => {
      const missing = missingPeer(ENGINES[name]);
      if (missing) console.log(`kernels, ${name}: ${missing} is not installed; run this with --install`);
      return !missing;
    })
    .map((name) => [
      name,
      runJson(process.execPath, [join(here, 'engines/kernels.mjs'), name, options['kernel-seconds']]).timings,
    ]);
  return {
    simd: measureShare(process.execPath),
    ...(options.node && { 'simd-node': measureShare(options.node, '--flags') }),
    ...Object.fromEntries(others),
  };
}

/** One turn for each model, its kernels timed. */
async function measureProfiles() {
  const profiles = [];
  for (const model of options.models.split(',')) {
    const job = { ...ENGINES.simd, model, batch: Number(options.batch ?? BATCHES[model]) };
    const { milliseconds, kernels } = await turn({ ...job, env: { TENFOLD_KERNEL_TIMES: '1' } });
    profiles.push({ model, milliseconds: quantiles(milliseconds).median, kernels });
  }
  return profiles;
}

function runJson(command, args) {
  const output = execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1e8 });
  return JSON.parse(output.slice(output.indexOf('{')));
}

function machine() {
  const model = os.cpus()[0]?.model.trim() ?? 'unknown';
  return {
    cpu: model,
    cores: os.availableParallelism(),
    threads: Number(options.threads),
    memoryBytes: os.totalmem(),
    os: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
  };
}

function load() {
  return os
    .loadavg()
    .map((value) => value.toFixed(2))
    .join(' ');
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: here, encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}
