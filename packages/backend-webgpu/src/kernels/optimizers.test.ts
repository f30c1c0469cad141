import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { normals, runKernel, startWebgpu } from '../../test/webgpu';

const available = await startWebgpu();
const { sqrt } = Math;
const adamAttrs = { learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1, step: 4 };

/** A step of AdamW in double precision. */
function adamStep(size: number) {
  const [g, p, m] = [1, 2, 3].map((seed) => normals(size, seed)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const v = normals(size, 4).map((x) => x * x);
  const mean = Array.from(g, (x, i) => 0.9 * m[i]! + (1 - 0.9) * x);
  const square = Array.from(g, (x, i) => 0.99 * v[i]! + (1 - 0.99) * x * x);
  const update = mean.map(
    (x, i) => -0.01 * (x / (1 - 0.9 ** 5) / (sqrt(square[i]! / (1 - 0.99 ** 5)) + 1e-6) + 0.1 * p[i]!),
  );
  const sum = update.map((u, i) => u + p[i]!);
  const inputs = () => ({
    gradient: tf.tensor(g),
    parameter: tf.tensor(p) as tf.Tensor,
    mean: tf.tensor(m),
    square: tf.tensor(v),
  });
  return { inputs, mean, square, update, sum };
}

describe.runIf(available)('steps of optimizers', () => {
  it('AdamW and the addition of its update are one dispatch, whatever is disposed or read first', async () => {
    const { inputs, ...want } = adamStep(1000);
    for (const order of [
      'as trained',
      'inputs first',
      'slots first',
      'update read',
      'update alone',
    ] as const) {
      const before = { ...tf.memory() };
      const operands = inputs();
      const [update, mean, square] = runKernel('AdamW', operands, adamAttrs) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      if (order === 'inputs first') tf.dispose([operands.gradient, operands.mean, operands.square]);
      if (order === 'slots first') tf.dispose([mean, square]);
      if (order === 'update read') await expectClose(update, want.update, { absolute: 1e-8, relative: 2e-5 });
      if (order === 'update alone') {
        tf.dispose([operands, mean, square]);
        await expectClose(update, want.update, { absolute: 1e-8, relative: 2e-5 });
      } else {
        const sum = tf.add(operands.parameter, update);
        await expectClose(sum, want.sum, { absolute: 1e-7 });
        if (order !== 'slots first') {
          await expectClose(mean, want.mean, { absolute: 1e-7 });
          await expectClose(square, want.square, { absolute: 1e-7 });
        }
        // What was never written to memory is still there when it is asked for.
        await expectClose(update, want.update, { absolute: 1e-8, relative: 2e-5 });
        sum.dispose();
      }
      tf.dispose([operands, update, mean, square]);
      const { numTensors, numDataBuffers } = tf.memory();
      expect({ order, numTensors, numDataBuffers }).toEqual({
        order,
        numTensors: before.numTensors,
        numDataBuffers: before.numDataBuffers,
      });
    }
  });

  it('keeps the data of a variable that is assigned the sum', async () => {
    const { inputs, ...want } = adamStep(1000);
    const { parameter, ...others } = inputs();
    const variable = tf.variable(parameter);
    const [update, mean, square] = runKernel('AdamW', { ...others, parameter: variable }, adamAttrs);
    const sum = tf.add(variable, update!);
    variable.assign(sum);
    tf.dispose([sum, update!, mean!, square!, parameter, others]);
    await expectClose(tf.add(variable, 0), want.sum, { absolute: 1e-7 });
    variable.dispose();
  });

  it('adds an update to another tensor as it is', async () => {
    const { inputs, ...want } = adamStep(10);
    const [update] = runKernel('AdamW', inputs(), adamAttrs);
    await expectClose(tf.add(tf.zeros([10]), update!), want.update, { absolute: 1e-8, relative: 2e-5 });
  });
});
