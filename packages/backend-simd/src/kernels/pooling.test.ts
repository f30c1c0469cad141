import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '../register';
import { runKernel, testedBackends } from '../../test/backends';
import { poolingKernels } from './pooling';

// Values are tested in cases.test.ts.
const find = (name: string) => poolingKernels.find(({ kernelName }) => kernelName === name)!;

for (const { name, backend } of await testedBackends()) {
  const read = ({ dataId }: tf.TensorInfo) => backend.readSync(dataId) as Float32Array;
  describe(`pooling (${name})`, () => {
    it('treats NaN as smaller than all numbers, like tfjs', () => {
      const x = backend.makeTensorInfo(
        [1, 2, 4, 1],
        'float32',
        new Float32Array([NaN, 1, NaN, NaN, -3, NaN, NaN, NaN]),
      );
      const attrs = { filterSize: 2, strides: 2, pad: 'valid' };
      const y = runKernel(find(tf.MaxPool), backend, { x }, attrs);
      expect(Array.from(read(y))).toEqual([1, -Infinity]);
      const dy = backend.makeTensorInfo([1, 1, 2, 1], 'float32', new Float32Array([5, 7]));
      const dx = runKernel(find(tf.MaxPoolGrad), backend, { dy, input: x, output: y }, attrs);
      expect(Array.from(read(dx))).toEqual([0, 5, 0, 0, 0, 0, 0, 0]);
    });
  });
}
