import {
  batchNorm,
  createModel,
  dense,
  dropout,
  gru,
  layerNorm,
  multiHeadAttention,
  sequential,
} from '@tenfold/layers';
import { meanSquaredError, sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { accuracy, binaryAccuracy, f1 } from '@tenfold/metrics';
import { adamW, clipByGlobalNorm, muon, type Optimizer, partition, sgd } from '@tenfold/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  vi.resetModules();
});

/** Trains and evaluates with a copy of the package that is loaded in this environment. */
async function train(): Promise<void> {
  const { evaluate, fit } = await import('./index');
  const model = createModel(dense({ inFeatures: 1, outFeatures: 1 }));
  const data = { xs: [[1], [2], [3]], ys: [[2], [4], [6]], batchSize: 2 };
  const reports = await fit(model, {
    data,
    loss: meanSquaredError,
    optimizer: sgd({ learningRate: 0.1 }),
    epochs: 20,
  });
  expect(reports.at(-1)!.loss).toBeLessThan(reports[0]!.loss);
  expect((await evaluate(model, data, { loss: meanSquaredError })).examples).toBe(3);
}

describe('training in an environment that lacks some globals', () => {
  it.each([
    ['setImmediate, as a page', ['setImmediate']],
    ['setImmediate and MessageChannel, as jsdom in Jest', ['setImmediate', 'MessageChannel']],
  ])('works without %s', async (_, names) => {
    vi.resetModules();
    for (const name of names) vi.stubGlobal(name, undefined);
    await train();
  });

  it('does not wait for fake timers', async () => {
    await import('./index');
    vi.useFakeTimers();
    await train();
  });
});

it('says what to import when no backend is registered', async () => {
  const { createTrainer } = await import('./index');
  const model = createModel(dense({ inFeatures: 1, outFeatures: 1 }));
  vi.spyOn(tf.engine(), 'backendNames').mockReturnValue([]);
  const create = () =>
    createTrainer(model, { loss: meanSquaredError, optimizer: sgd({ learningRate: 0.1 }) });
  expect(create).toThrow(/^createTrainer: no backend is registered; add import/);
  vi.restoreAllMocks();
});

describe('a step in debug mode, profiling and timing of tfjs', () => {
  const optimizers: Record<string, () => Optimizer> = {
    adamW: () => adamW(),
    sgd: () => sgd({ learningRate: 0.1, momentum: 0.9 }),
    'muon and adamW, clipped': () =>
      clipByGlobalNorm(partition([{ match: (_, p) => p.rank >= 2, optimizer: muon() }], adamW()), {
        maxNorm: 1,
      }),
  };
  const network = sequential([
    layerNorm({ features: 8 }),
    multiHeadAttention({ features: 8, heads: 2 }),
    gru({ inFeatures: 8, units: 8 }),
    batchNorm({ channels: 8, activation: tf.relu }),
    dropout({ rate: 0.1 }),
    dense({ inFeatures: 8, outFeatures: 3 }),
  ]);
  const instruments: Record<string, (step: () => void) => Promise<void>> = {
    'tf.profile': async (step) => {
      const { kernels } = await tf.profile(step);
      expect(kernels.length).toBeGreaterThan(20);
    },
    'tf.time': async (step) => {
      expect((await tf.time(step)).kernelMs).toBeGreaterThanOrEqual(0);
    },
    'debug mode': async (step) => {
      for (const method of ['log', 'warn', 'group', 'groupEnd'] as const) {
        vi.spyOn(console, method).mockImplementation(() => {});
      }
      tf.env().set('DEBUG', true);
      try {
        step();
        await new Promise((resolve) => setTimeout(resolve, 20));
      } finally {
        tf.env().set('DEBUG', false);
        vi.restoreAllMocks();
      }
    },
  };
  const cases = Object.keys(optimizers).flatMap((name) =>
    Object.keys(instruments).map((instrument) => [name, instrument] as const),
  );

  it('works with metrics and weighted losses in debug mode', async () => {
    const measured: Promise<unknown>[] = [];
    await instruments['debug mode']!(() => {
      tf.tidy(() => {
        const scores = [
          [1, 0],
          [1, 0],
        ];
        measured.push(
          accuracy([0, 1], scores),
          f1([0, 1], scores),
          binaryAccuracy([0, 1], [-1, 1], { threshold: 0 }),
        );
        meanSquaredError([0, 1], [0, 1], { weights: tf.tensor([0, 1]) });
      });
    });
    expect(await Promise.all(measured)).toEqual([0.5, 1 / 3, 1]);
  });

  it.each(cases)('with %s is the same under %s', async (name, instrument) => {
    const { createTrainer } = await import('./index');
    const ys = tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32');
    const xs = tf.randomNormal([6, 5, 8], 0, 1, 'float32', 1);
    const losses: number[][] = [];
    for (const run of [async (step: () => void) => step(), instruments[instrument]!]) {
      const trainer = createTrainer(createModel(network), {
        loss: sparseSoftmaxCrossEntropy,
        optimizer: optimizers[name]!(),
      });
      await run(() => tf.dispose(trainer.step({ xs, ys }) as unknown as tf.TensorContainer));
      losses.push([...(await trainer.step({ xs, ys }).loss.data())]);
    }
    expect(losses[1]).toEqual(losses[0]);
  });
});
