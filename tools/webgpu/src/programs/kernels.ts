// Kernels of @tenfold/backend-webgpu and of tfjs's own backend, interleaved, on the shapes of trainings that the table of cases has
// (tools/kernel-cases); by default the products and convolutions, of eight examples each, as for a software adapter:
//   node tools/webgpu/run.mjs kernels [--rounds 7] [--only 'MatMul|Conv'] [--examples 8]
import { parseArgs } from 'node:util';
import { kernelRows, ready, type SpeedCase, speedCases } from '@tenfold/kernel-cases';
import { relativeRms } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { registerBoth, STOCK, switchTo } from '../backends';
import { median } from '../median';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    only: { type: 'string', default: 'MatMul|Conv' },
    examples: { type: 'string', default: '8' },
  },
});
const { adapter } = await registerBoth();
console.log(`adapter: ${adapter}`);
const only = new RegExp(options.only);
for (const speedCase of speedCases(kernelRows, { examples: Number(options.examples) }))
  if (only.test(`${speedCase.kernel} ${speedCase.name}`)) await compare(speedCase);
process.exit(0);

async function compare(speedCase: SpeedCase): Promise<void> {
  // tfjs has no fused kernels.
  const backends = (['webgpu', STOCK] as const).filter((name) => tf.getKernel(speedCase.kernel, name));
  const cases = [];
  for (const backend of backends) {
    await switchTo(backend);
    const { flops, bytes, run, dispose } = await ready(speedCase);
    const outputs = run();
    const values = (await outputs[0]!.data<'float32'>()).slice();
    tf.dispose(outputs);
    cases.push({ backend, flops, bytes, run, dispose, values, times: [] as number[] });
  }
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const { backend, run, times } of cases) {
      await switchTo(backend);
      const start = performance.now();
      const outputs = run();
      await Promise.all(outputs.map((out) => out.data()));
      times.push(performance.now() - start);
      tf.dispose(outputs);
    }
  }
  const [tenfold, stock] = cases.map(({ flops, bytes, times, values }) => {
    const milliseconds = median(times);
    const rate = (flops || bytes) / milliseconds / 1e6;
    return { milliseconds, values, rate: `${rate.toFixed(2)} ${flops ? 'GFLOP/s' : 'GB/s'}` };
  });
  const compared = stock
    ? `, tfjs ${stock.rate}, ${(stock.milliseconds / tenfold!.milliseconds).toFixed(2)} times as fast; ` +
      `difference ${relativeRms(tenfold!.values, stock.values).toExponential(1)}`
    : '';
  console.log(`${speedCase.kernel} ${speedCase.name}: ${tenfold!.rate}${compared}`);
  for (const { backend, dispose } of cases) {
    await switchTo(backend);
    dispose();
  }
}
