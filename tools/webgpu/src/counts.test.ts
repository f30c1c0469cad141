import { webgpuStarts } from '@tenfold/testing';
import { describe, expect, it } from 'vitest';
import { registerBoth, STOCK, switchTo } from './backends';
import { createTraining, type ModelName } from './models';
import { takeTraffic } from './traffic';

const STEPS = 5;
// A software adapter compiles the shaders of both backends slowly.
const PATIENCE = 400_000;
const available = await webgpuStarts(() => registerBoth());

async function countTraffic(name: ModelName, backend: 'webgpu' | typeof STOCK) {
  await switchTo(backend);
  const training = createTraining(name, { batch: 8, small: true, stock: backend === STOCK });
  const take = async (steps: number) => {
    for (let i = 0; i < steps; i++) {
      const loss = training.step();
      await loss.data();
      loss.dispose();
    }
  };
  await take(2);
  takeTraffic();
  await take(STEPS);
  const traffic = takeTraffic();
  training.dispose();
  return traffic;
}

describe.runIf(available)("compared with tfjs's own backend and optimizers", () => {
  it.each(['cnn', 'vit', 'fnn'] as const)(
    'a step of %s takes a quarter of the dispatches and half of the bytes',
    async (name) => {
      const tenfold = await countTraffic(name, 'webgpu');
      const stock = await countTraffic(name, STOCK);
      expect(tenfold.dispatches / stock.dispatches).toBeLessThan(0.25);
      expect(tenfold.bytes / stock.bytes).toBeLessThan(0.5);
    },
    PATIENCE,
  );
});
