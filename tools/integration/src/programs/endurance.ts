// A long run with each optimizer of tiny-network.ts: what it holds on to, before and after. Exit code 1 when anything grew.
//   node tools/integration/run.mjs endurance --steps 10000 [--threads 2]
import { parseArgs } from 'node:util';
import { configureSimd } from '@tenfold/backend-simd';
import '@tenfold/gradients';
import * as tf from '@tensorflow/tfjs-core';
import { endure } from '../endure';
import { optimizers } from '../tiny-network';

const { values: options } = parseArgs({
  options: { steps: { type: 'string', default: '10000' }, threads: { type: 'string', default: '2' } },
});
configureSimd({ threads: Number(options.threads) });
await tf.setBackend('simd');

const names = Object.keys(optimizers);
const stepsEach = Math.ceil(Number(options.steps) / names.length);
let grew = false;
for (const name of names) {
  const before = process.memoryUsage().rss;
  const { firstLoss, lastLoss, early, late, end } = await endure(name, stepsEach);
  const growth = (Object.keys(early) as (keyof typeof early)[]).map(
    (key) => `${key} +${late[key] - early[key]}`,
  );
  const clean = JSON.stringify(early) === JSON.stringify(late) && end.tensors === 0 && end.arenaBytes === 0;
  grew ||= !clean;
  const mebibytes = (process.memoryUsage().rss - before) / 2 ** 20;
  console.log(
    `${clean ? '✓' : '✗'} ${name}, ${stepsEach} steps: ${growth.join(', ')}; the process grew by ${mebibytes.toFixed(0)} MiB; ` +
      `left at the end: ${end.tensors} tensors, ${end.arenaBytes} bytes; loss ${firstLoss.toFixed(3)} to ${lastLoss.toFixed(4)}`,
  );
}
process.exitCode = grew ? 1 : 0;
