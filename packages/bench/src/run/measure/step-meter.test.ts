import '@tenfold/backend-simd';
import '@tenfold/gradients';
import '@tensorflow/tfjs-backend-cpu';
import { createModel, dense, flatten, sequential } from '@tenfold/layers';
import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { adamW, clipByGlobalNorm, type Optimizer, type OptimizerState } from '@tenfold/optimizers';
import { createRng } from '@tenfold/random';
import { createTrainer } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createStepMeter, type StepMetrics } from './step-meter';

describe.each(['simd', 'cpu'])('on %s', (backend) => {
  async function train(watched: boolean) {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    const model = createModel(sequential([flatten, dense({ inFeatures: 12, outFeatures: 5 })]), { seed: 1 });
    const meter = createStepMeter({ normEvery: 2 });
    const rule = clipByGlobalNorm(adamW({ learningRate: 0.1 }), { maxNorm: 0.01 });
    const bare = createTrainer(model, {
      loss: sparseSoftmaxCrossEntropy,
      optimizer: watched ? meter.watchOptimizer(rule) : rule,
    });
    const trainer = watched ? meter.watchTrainer(bare) : bare;
    const xs = tf.tensor(createRng(2).fillNormal(new Float32Array(48)), [4, 12]);
    const ys = tf.tensor1d([0, 1, 2, 4], 'int32');
    const metrics: StepMetrics[] = [];
    for (let i = 0; i < 4; i++) {
      const { loss, predictions } = trainer.step({ xs, ys });
      tf.dispose([loss, predictions]);
      metrics.push(await meter.read());
    }
    const parameters = await Promise.all(Object.values(model.parameters()).map((p) => p.data()));
    expect(trainer.stepCount).toBe(4);
    trainer.dispose();
    model.dispose();
    meter.dispose();
    tf.dispose([xs, ys]);
    expect(tf.memory().numTensors).toBe(before);
    return { parameters, metrics };
  }

  it('watches a training without changing a bit of it', async () => {
    const [watched, bare] = [await train(true), await train(false)];
    expect(watched.parameters).toEqual(bare.parameters);
    expect(watched.metrics.map(({ gradientNorm }) => gradientNorm === null)).toEqual([
      true,
      false,
      true,
      false,
    ]);
    // The images need no gradient.
    expect(watched.metrics.map(({ flops }) => flops)).toEqual(Array(4).fill(2 * 2 * 4 * 12 * 5));
  });

  it('gives the norm of all gradients, before they are clipped', async () => {
    await tf.setBackend(backend);
    const meter = createStepMeter({ normEvery: 1 });
    const params = { w: tf.variable(tf.zeros([2])), b: tf.variable(tf.zeros([1])) };
    const grads = { w: tf.tensor1d([3, 4]), b: tf.tensor1d([12]) };
    const optimizer = meter.watchOptimizer(clipByGlobalNorm(adamW(), { maxNorm: 1 }));
    const state = optimizer.init(params);
    const result = optimizer.update(grads, state, { params, step: 0 });
    expect((await meter.read()).gradientNorm).toBe(13);
    meter.dispose();
    tf.dispose([params, grads, result.updates, ...Object.values(result.state), ...Object.values(state)]);
  });
});

it('watches an optimizer that is an instance of a class', () => {
  class Scaled implements Optimizer {
    private readonly start = 0.5;
    init(): OptimizerState {
      return { slot: { start: tf.scalar(this.start) } };
    }
    update(grads: tf.NamedTensorMap, state: OptimizerState) {
      return { updates: grads, state };
    }
  }
  const state = createStepMeter({ normEvery: 1 }).watchOptimizer(new Scaled()).init({});
  expect(state.slot!.start!.dataSync()[0]).toBe(0.5);
  tf.dispose(state);
});
