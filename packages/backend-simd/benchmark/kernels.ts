// Speed of the kernels on the shapes of trainings that the table of cases has (tools/kernel-cases): operations of products and
// convolutions in GFLOP/s, the others in GB/s of tensors read and written. Run by run.mjs:
//   node benchmark/run.mjs [--only 'MatMul|Conv'] [--examples N] [--threads N] [--variant NAME] [--seconds N] [--flags] [--json]
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { kernelRows, ready, type SpeedCase, speedCases } from '@tenfold/kernel-cases';
import * as tf from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../src/backend';
import { configureSimd, enableExperimentalV8Flags, type SimdOptions } from '../src/index';

const { values: options } = parseArgs({
  options: {
    threads: { type: 'string', default: '2' },
    variant: { type: 'string', default: 'auto' },
    only: { type: 'string', default: '' },
    examples: { type: 'string', default: 'Infinity' },
    seconds: { type: 'string', default: '1' },
    flags: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

interface Quantiles {
  median: number;
  p10: number;
  p90: number;
  best: number;
}
interface Timing {
  name: string;
  /** The rate of operations; none for a kernel that counts none. */
  gflops?: Quantiles;
  /** The rate of bytes. */
  gigabytes?: Quantiles;
  milliseconds: number;
  runs: number;
}

if (options.flags) enableExperimentalV8Flags();
configureSimd({
  threads: Number(options.threads),
  variant: options.variant as NonNullable<SimdOptions['variant']>,
});
await tf.setBackend('simd');
const backend = tf.backend() as SimdBackend;
const { runtime } = backend;
while (runtime.pool && runtime.pool.online < runtime.threads - 1)
  await new Promise((done) => setTimeout(done, 1));

/** Milliseconds of each run, the shortest first. */
function time(run: () => tf.Tensor[]): number[] {
  const times: number[] = [];
  const start = performance.now();
  tf.dispose(run()); // compiles
  tf.dispose(run());
  while (performance.now() - start < Number(options.seconds) * 1000 || times.length < 5) {
    const before = performance.now();
    const outputs = run();
    times.push(performance.now() - before);
    tf.dispose(outputs);
  }
  return times.sort((a, b) => a - b);
}

/** What a run does in a millisecond, in billions a second. */
function rates(work: number, times: number[]): Quantiles {
  const at = (quantile: number): number =>
    work / times[Math.round((1 - quantile) * (times.length - 1))]! / 1e6;
  return { median: at(0.5), p10: at(0.1), p90: at(0.9), best: at(1) };
}
const timing = (name: string, times: number[]) => ({
  name,
  milliseconds: times[Math.round(0.5 * (times.length - 1))]!,
  runs: times.length,
});

function timePeak(): Timing {
  const rounds = 4e6;
  const times = time(() => {
    backend.parallel('multiplyAddPeak', [], rounds, rounds / 16);
    return [];
  });
  return { ...timing('peak, registers only', times), gflops: rates(rounds * 64, times) };
}

async function timeCase(speedCase: SpeedCase): Promise<Timing> {
  const { flops, bytes, run, dispose } = await ready(speedCase);
  const times = time(run);
  dispose();
  return {
    ...timing(`${speedCase.kernel} ${speedCase.name}`, times),
    ...(flops > 0 ? { gflops: rates(flops, times) } : { gigabytes: rates(bytes, times) }),
  };
}

const only = new RegExp(options.only);
const timings: Timing[] = [timePeak()];
for (const speedCase of speedCases(kernelRows, { examples: Number(options.examples) }))
  if (only.test(`${speedCase.kernel} ${speedCase.name}`)) timings.push(await timeCase(speedCase));
const machine = {
  cpu: cpus()[0]?.model,
  node: process.version,
  threads: runtime.threads,
  variant: runtime.variant,
};
if (options.json) {
  console.log(JSON.stringify({ machine, timings }, undefined, 2));
} else {
  console.log(Object.values(machine).join(', '));
  for (const { name, gflops, gigabytes, milliseconds, runs } of timings) {
    const { median, p10, p90, best } = (gflops ?? gigabytes)!;
    const unit = gflops ? 'GFLOP/s' : 'GB/s';
    const spread = `(p10 ${p10.toFixed(1)}, p90 ${p90.toFixed(1)}, best ${best.toFixed(1)}, n ${runs})`;
    console.log(
      `${name.slice(0, 60).padEnd(60)} ${milliseconds.toFixed(3).padStart(8)} ms ${median.toFixed(1).padStart(7)} ${unit} ${spread}`,
    );
  }
}
process.exit(0);
