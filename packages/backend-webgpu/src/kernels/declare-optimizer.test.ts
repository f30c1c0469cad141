import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { runKernel, startWebgpu } from '../../test/webgpu';
import { f32 } from '../program';
import { declareOptimizer } from './declare-optimizer';

const available = await startWebgpu();

// Two optimizers as none is: without slots and without decay, and one that reads the parameter unscaled.
const plain = declareOptimizer<{ learningRate: number }>({
  kernelName: 'TestPlain',
  slots: [],
  uniforms: ({ learningRate }) => ({ rate: f32(learningRate) }),
  formula: 'let update = -uniforms.rate * g;',
});
const pull = declareOptimizer<{ learningRate: number }>({
  kernelName: 'TestPull',
  slots: ['trace'],
  uniforms: ({ learningRate }) => ({ rate: f32(learningRate) }),
  formula: 'let newTrace = trace + g; let update = -uniforms.rate * (newTrace + p);',
});

describe.runIf(available)('an optimizer that is declared', () => {
  beforeAll(() => {
    for (const config of [...plain, ...pull]) tf.registerKernel(config);
  });
  afterAll(() => {
    for (const { kernelName, backendName } of [...plain, ...pull])
      tf.unregisterKernel(kernelName, backendName);
  });
  const attrs = { learningRate: 0.5 };
  const [g, p, t] = [
    [1, 2, 3],
    [10, 20, 30],
    [0.5, 0.5, 0.5],
  ];

  it('has a kernel for one parameter and one for many, with any slots', async () => {
    await expectNoLeaks(async () => {
      const [gradient, parameter, trace] = [g, p, t].map((values) => tf.tensor1d(values!)) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      const outputs = runKernel('TestPlain', { gradient, parameter }, attrs);
      await expectClose(outputs[0]!, [-0.5, -1, -1.5]);
      const two = [gradient, gradient, parameter, parameter] as unknown as Record<string, tf.Tensor>;
      const many = runKernel('TestPlainList', two, attrs);
      for (const update of many) await expectClose(update, [-0.5, -1, -1.5]);
      const pulled = runKernel('TestPull', { gradient, parameter, trace }, attrs);
      const lists = [gradient, gradient, parameter, parameter, trace, trace];
      const all = runKernel('TestPullList', lists as unknown as Record<string, tf.Tensor>, attrs);
      for (const update of [pulled[0]!, all[0]!, all[1]!]) await expectClose(update, [-5.75, -11.25, -16.75]);
      for (const slot of [pulled[1]!, all[2]!, all[3]!]) await expectClose(slot, [1.5, 2.5, 3.5]);
      const sum = tf.add(parameter, all[0]!);
      await expectClose(sum, [4.25, 8.75, 13.25]);
      return [gradient, parameter, trace, ...outputs, ...many, ...pulled, ...all, sum];
    });
  });
});
