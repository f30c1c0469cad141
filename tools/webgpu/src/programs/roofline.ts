// Bytes and operations of a training step kernel by kernel, and from them the time of a step on known GPUs:
//   node tools/webgpu/run.mjs roofline [--models cnn,vit,fnn] [--batch 250] [--float16]
// With --measure it also times the steps on the present GPU, to compare them with the prediction for a similar one:
//   node tools/webgpu/run.mjs roofline --measure
import { parseArgs } from 'node:util';
import { countFlops } from '@tenfold/layers';
import type * as tf from '@tensorflow/tfjs-core';
import { registerBoth, switchTo } from '../backends';
import { createTraining, type ModelName, modelNames } from '../models';
import { gpus, type KernelWork, predict } from '../roofline';
import { takeTraffic } from '../traffic';

const COUNTED = 4;
const { values: options } = parseArgs({
  options: {
    models: { type: 'string', default: modelNames.join() },
    batch: { type: 'string', default: '250' },
    /** What is counted at; everything but the parameters grows with the batch. */
    counted: { type: 'string', default: '16' },
    /** Activations in float16. */
    float16: { type: 'boolean', default: false },
    measure: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '10' },
  },
});
const { adapter } = await registerBoth({ float16: options.float16 });
await switchTo('webgpu');
const batch = Number(options.batch);

for (const name of options.models.split(',') as ModelName[]) {
  const [one, two] = [
    await count(name, Number(options.counted)),
    await count(name, 2 * Number(options.counted)),
  ];
  // Linear in the batch: what the parameters cost, and what an image costs.
  const steps = batch / Number(options.counted) - 1;
  const grown = (a: number, b: number) => Math.max(0, a + (b - a) * steps);
  const kernels: KernelWork[] = [...one].map(([kernel, work]) => {
    const more = two.get(kernel) ?? work;
    return {
      name: kernel,
      dispatches: more.dispatches,
      flops: grown(work.flops, more.flops),
      bytes: grown(work.bytes, more.bytes),
    };
  });
  const total = (of: keyof Omit<KernelWork, 'name'>) => kernels.reduce((sum, work) => sum + work[of], 0);
  console.log(
    `${name}, batch ${batch}: ${total('dispatches').toFixed(0)} dispatches, ${(total('flops') / 1e9).toFixed(1)} GFLOP in products, ${(total('bytes') / 1e9).toFixed(2)} GB`,
  );
  for (const { name: kernel, dispatches, flops, bytes } of kernels
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, 12)) {
    console.log(
      `  ${kernel}: ${dispatches.toFixed(0)} dispatches, ${(flops / 1e9).toFixed(2)} GFLOP, ${(bytes / 1e6).toFixed(1)} MB`,
    );
  }
  for (const gpu of gpus) {
    const { bound, step } = predict(gpu, kernels);
    console.log(
      `  ${gpu.name}: bound ${bound.toFixed(1)} ms, predicted ${step.toFixed(1)} ms a step, ${((1000 * batch) / step).toFixed(0)} images/s`,
    );
  }
  if (options.measure) console.log(`  here (${adapter}): ${(await measure(name)).toFixed(1)} ms a step`);
}
process.exit(0);

/** The work of one step by kernel; operations of products are those of the whole step, shared out by the kernels' bytes. */
async function count(name: ModelName, size: number): Promise<Map<string, KernelWork>> {
  const training = createTraining(name, { batch: size });
  for (let i = 0; i < 2; i++) await finish(training.step());
  takeTraffic();
  for (let i = 0; i < COUNTED; i++) await finish(training.step());
  const { byLabel, bytesByLabel } = takeTraffic();
  // Every product comes three times: forward, and backward for each operand.
  const flops = 3 * size * countFlops(training.model, [32, 32, 3]);
  training.dispose();
  const isProduct = (label: string) => /^(conv|product|attention|MatMul)/.test(label);
  const productBytes = Object.keys(byLabel)
    .filter(isProduct)
    .reduce((sum, label) => sum + bytesByLabel[label]!, 0);
  return new Map(
    Object.entries(byLabel).map(([label, dispatches]) => [
      label,
      {
        name: label,
        dispatches: dispatches / COUNTED,
        bytes: bytesByLabel[label]! / COUNTED,
        flops: isProduct(label) ? (flops * bytesByLabel[label]!) / productBytes : 0,
      },
    ]),
  );
}

async function measure(name: ModelName): Promise<number> {
  const training = createTraining(name, { batch });
  for (let i = 0; i < 3; i++) await finish(training.step());
  const times: number[] = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    const start = performance.now();
    await finish(training.step());
    times.push(performance.now() - start);
  }
  training.dispose();
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
}

async function finish(loss: tf.Scalar): Promise<void> {
  await loss.data();
  loss.dispose();
}
