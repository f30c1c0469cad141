// A long run: the GPU memory that it holds early and late. Exit code 1 when it grew.
//   node tools/webgpu/run.mjs endurance [--steps 5000] [--models fnn,vit,cnn] [--batch 2]
import { parseArgs } from 'node:util';
import { registerWebgpu } from '@tenfold/backend-webgpu';
import '@tenfold/gradients';
import { endure } from '../endure';
import type { ModelName } from '../models';

const { values: options } = parseArgs({
  options: {
    steps: { type: 'string', default: '5000' },
    models: { type: 'string', default: 'fnn,vit,cnn' },
    batch: { type: 'string', default: '2' },
  },
});
const { adapter } = await registerWebgpu({ allowSoftware: true });
console.log(`adapter: ${adapter}`);

const steps = Number(options.steps);
let grew = false;
for (const name of options.models.split(',') as ModelName[]) {
  const start = performance.now();
  // The caches of uniforms and bind groups are full long before half of the steps are over.
  const { early, late, left, losses } = await endure(name, {
    steps,
    early: Math.floor(steps / 2),
    batch: Number(options.batch),
  });
  const clean = JSON.stringify(early) === JSON.stringify(late) && left === 0;
  grew ||= !clean;
  console.log(
    `${clean ? '✓' : '✗'} ${name}, ${steps} steps in ${((performance.now() - start) / 1000).toFixed(0)} s: half-way ${JSON.stringify(early)}, at the end ${JSON.stringify(late)}; ` +
      `${left} tensors left; loss ${losses.map((loss) => loss.toFixed(4)).join(' to ')}`,
  );
}
process.exit(grew ? 1 : 0);
