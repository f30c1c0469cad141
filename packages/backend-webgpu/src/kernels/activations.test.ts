import { functions } from '@tenfold/kernel-cases';
import { canFuse, type Kernels } from '@tenfold/kernels';
import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { normals, runKernel, startWebgpu } from '../../test/webgpu';
import { fusedFunctions } from './activation-functions';

const available = await startWebgpu();

const gelu = functions.gelu!.value;

describe.runIf(available)('activations', () => {
  const activate = (name: string, x: tf.Tensor) => runKernel('Activation', { x }, { function: name })[0]!;
  const grad = (name: string, inputs: tf.NamedTensorMap) =>
    runKernel('ActivationGrad', inputs, { function: name })[0]!;

  it.each(fusedFunctions)('%s has its limits at the ends of float32 and at infinity', async (name) => {
    const x = tf.tensor1d([-1e38, 1e38, -100, -Infinity, Infinity, NaN]);
    const value = Array.from(await activate(name, x).data());
    expect(value.map((v) => (v === 0 ? 0 : v))).toEqual([0, Math.fround(1e38), 0, 0, Infinity, NaN]);
    const v = name === 'relu' ? tf.relu(x) : x;
    const dx = Array.from(await grad(name, { dy: tf.fill([6], 3), [name === 'relu' ? 'y' : 'x']: v }).data());
    expect(dx.slice(0, 5).map((v) => (v === 0 ? 0 : v))).toEqual([0, 3, 0, 0, 3]);
  });

  it('masks a gradient where the derivative is 0, whatever it is', async () => {
    const dy = tf.tensor1d([Infinity, NaN, 1]);
    await expectClose(grad('relu', { dy, y: tf.tensor1d([0, 0, 2]) }), [0, 0, 1]);
    await expectClose(grad('gelu', { dy, x: tf.tensor1d([-1e4, -1e4, 50]) }), [0, 0, 1]);
  });

  it('takes what was cast from integers and booleans, whose buffers stay as they were', async () => {
    const flags = tf.greater(tf.tensor1d(normals(1500)), 0);
    const want = Array.from(await flags.data(), (flag) => (flag ? gelu(1) : 0));
    await expectClose(activate('gelu', tf.cast(flags, 'float32')), want, { relative: 1e-5 });
    const ints = tf.abs(tf.tensor1d([-2, 3], 'int32'));
    await expectClose(tf.mul(tf.cast(ints, 'float32'), 0.5), [1, 1.5]);
  });

  it('says what it can fuse', () => {
    for (const kernel of ['Activation', 'ActivationGrad', 'BatchNormActivation', 'BatchNormActivationGrad']) {
      expect(canFuse(kernel as keyof Kernels, 'geluTanh')).toBe(true);
      expect(canFuse(kernel as keyof Kernels, 'constructor')).toBe(false);
    }
  });
});
