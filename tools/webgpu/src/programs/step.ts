// Dispatches, bytes and time of a training step, with @tenfold/backend-webgpu and with tfjs's own backend and optimizers:
//   node tools/webgpu/run.mjs step [--models cnn,vit,fnn] [--batch 16] [--small] [--rounds 3] [--labels] [--float16]
import { parseArgs } from 'node:util';
import { registerBoth, STOCK, switchTo } from '../backends';
import { median } from '../median';
import { createTraining, type ModelName, modelNames, type Training } from '../models';
import { type Traffic, takeTraffic } from '../traffic';

const COUNTED = 10;
const { values: options } = parseArgs({
  options: {
    models: { type: 'string', default: modelNames.join() },
    batch: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '3' },
    small: { type: 'boolean', default: false },
    labels: { type: 'boolean', default: false },
    /** Activations of ours in float16. */
    float16: { type: 'boolean', default: false },
  },
});
const { adapter } = await registerBoth({ float16: options.float16 });
console.log(
  `adapter: ${adapter}; batch ${options.batch}${options.float16 ? '; activations in float16' : ''}`,
);

const backends = ['webgpu', STOCK] as const;
for (const name of options.models.split(',') as ModelName[]) {
  const trainings: Record<string, Training> = {};
  const traffic: Record<string, Traffic> = {};
  const times: Record<string, number[]> = { webgpu: [], [STOCK]: [] };
  for (const backend of backends) {
    await switchTo(backend);
    const stock = backend === STOCK;
    const training = createTraining(name, { batch: Number(options.batch), small: options.small, stock });
    trainings[backend] = training;
    // The first steps compile shaders and make slots.
    for (let i = 0; i < 2; i++) await read(training);
    takeTraffic();
    // A mean, since what no step needs at once is computed every few steps.
    for (let i = 0; i < COUNTED; i++) await read(training);
    traffic[backend] = perStep(takeTraffic());
  }
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const backend of backends) {
      await switchTo(backend);
      const start = performance.now();
      await read(trainings[backend]!);
      times[backend]!.push(performance.now() - start);
    }
  }
  for (const backend of backends) {
    const { dispatches, bytes, submits, byLabel } = traffic[backend]!;
    console.log(
      `${name} ${backend}: ${dispatches} dispatches, ${(bytes / 1e6).toFixed(1)} MB, ${submits} submits, ` +
        `median ${median(times[backend]!).toFixed(0)} ms of ${times[backend]!.map((t) => t.toFixed(0))}`,
    );
    if (options.labels) console.log(byLabel);
    await switchTo(backend);
    trainings[backend]!.dispose();
  }
  const [tenfold, stock] = backends.map((backend) => traffic[backend]!) as [Traffic, Traffic];
  console.log(
    `${name}: ${(tenfold.dispatches / stock.dispatches).toFixed(3)} of the dispatches, ${(tenfold.bytes / stock.bytes).toFixed(3)} of the bytes, ` +
      `${(median(times[STOCK]!) / median(times.webgpu!)).toFixed(2)} times as fast`,
  );
}
process.exit(0);

function perStep({ dispatches, bytes, submits, byLabel, bytesByLabel }: Traffic): Traffic {
  const labels = Object.entries(byLabel).map(([label, count]) => [label, count / COUNTED]);
  return {
    dispatches: dispatches / COUNTED,
    bytes: bytes / COUNTED,
    submits: submits / COUNTED,
    byLabel: Object.fromEntries(labels),
    bytesByLabel,
  };
}

async function read(training: Training): Promise<void> {
  const loss = training.step();
  await loss.data();
  loss.dispose();
}
