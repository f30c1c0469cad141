import { expectClose, goldens } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { type Descent, make, surfaces } from '../test/suite';
import {
  applyUpdates,
  gaussNewtonBartlett,
  lbfgs,
  type Optimizer,
  sam,
  sgd,
  sophia,
  toTfOptimizer,
} from './index';

const isGpu = tf.getBackend() === 'webgpu';
const files = goldens<Descent[]>(new URL('../goldens/', import.meta.url));
// L-BFGS reads values synchronously, which a GPU cannot.
const names = ['sam', 'sophia', ...(isGpu ? [] : ['lbfgs'])];
const descents = names.flatMap((name) =>
  files[name]!.map((d) => [`${name} on ${d.surface}`, { name, ...d }] as const),
);

function create(name: string, options: object, loss: () => tf.Tensor): Optimizer {
  if (name !== 'sophia') return make(name, options);
  const { batchSize, ...rest } = options as { batchSize: number };
  return sophia({ ...rest, hessian: gaussNewtonBartlett(loss, { batchSize }) });
}

describe('the steps are those of PyTorch or the formula in float64', () => {
  it.each(descents)('%s', async (_, { name, surface, options, kept, points, steps, below }) => {
    const { start, value } = surfaces[surface];
    const kernel = tf.tidy(() => tf.variable(tf.tensor2d(start, [start.length / 2, 2])));
    const loss = () => value(kernel) as tf.Scalar;
    const optimizer = create(name, options, loss);
    const valueNow = async () => (await tf.tidy(loss).data())[0]!;
    const first = await valueNow();
    let state = optimizer.init({ kernel });
    const before = tf.memory().numTensors;
    for (let step = 1; step <= steps; step++) {
      const { value, grads } = tf.variableGrads(loss, [kernel]);
      const named = { kernel: grads[kernel.name]! };
      const next = optimizer.update(named, state, { params: { kernel }, step: step - 1, value, loss });
      applyUpdates({ kernel }, next.updates);
      tf.dispose([value, grads, state]);
      state = next.state;
      const expected = points[kept.indexOf(step)];
      if (expected) await expectClose(kernel, expected, { absolute: 1e-3, label: `after step ${step}` });
    }
    expect(tf.memory().numTensors).toBe(before);
    expect((await valueNow()) / first).toBeLessThan(below);
    tf.dispose([kernel, state]);
  });
});

it('minimize of a tf.Optimizer gives them the loss', async () => {
  const makers = [
    () => sam(sgd({ learningRate: 0.1 })),
    () => sophia({ learningRate: 0.5, gamma: 1, every: 1 }),
  ];
  for (const create of isGpu ? makers : [...makers, () => lbfgs()]) {
    const w = tf.tidy(() => tf.variable(tf.tensor1d([3, -2])));
    const loss = () => tf.sum(tf.square(w)) as tf.Scalar;
    const optimizer = toTfOptimizer(create());
    for (let i = 0; i < 3; i++) optimizer.minimize(loss, false, [w]);
    expect((await tf.tidy(loss).data())[0]).toBeLessThan(9);
    expect(() => optimizer.applyGradients({ [w.name]: tf.ones([2]) })).toThrow(
      /the step has no loss to compute again; use it with step or a trainer/,
    );
    optimizer.dispose();
    w.dispose();
  }
});

it('lbfgs says which backends it is for', () => {
  const read = vi.spyOn(tf.Tensor.prototype, 'dataSync').mockImplementation(() => {
    throw new Error('no synchronous reads');
  });
  try {
    const w = tf.tidy(() => tf.variable(tf.tensor1d([1])));
    const optimizer = lbfgs();
    const info = { params: { w }, step: 0, loss: () => tf.sum(w) };
    expect(() => optimizer.update({ w: tf.ones([1]) }, optimizer.init({ w }), info)).toThrow(
      /^lbfgs: its line search reads losses synchronously, which the backend \w+ cannot; use the backend cpu or simd, or another/,
    );
    w.dispose();
  } finally {
    read.mockRestore();
  }
});
