import { elementwiseFunctions, functions as fused } from '@tenfold/kernel-cases';
import { expectClose } from '@tenfold/testing';
import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { randomTensor, testedBackends } from '../../test/backends';
import { activationNames } from '../activation-functions';
import '../register';
import { activationKernels } from './activation';

// Values and gradients are tested in cases.test.ts.
const find = (name: string) => activationKernels.find(({ kernelName }) => kernelName === name)!;

it('lists the supported functions', () => {
  const functions = activationNames;
  expect(Object.keys({ ...fused, ...elementwiseFunctions }).sort()).toEqual([...functions].sort());
  expect(find('Activation')).toMatchObject({ functions });
  expect(find('ActivationGrad')).toMatchObject({ functions });
});

describe.each(await testedBackends())('activation functions ($name)', ({ backend }) => {
  const read = ({ dataId }: TensorInfo) => backend.readSync(dataId) as Float32Array;
  const run = (kernel: string, inputs: NamedTensorInfoMap, attrs: object) =>
    find(kernel).kernelFunc({ inputs, backend, attrs: attrs as NamedAttrMap }) as TensorInfo;

  it('rejects integers, unknown functions and the wrong one of x and y', () => {
    const x = backend.makeTensorInfo([4], 'int32', new Int32Array(4));
    const y = randomTensor(backend, [4]);
    expect(() => run('Activation', { x }, { function: 'gelu' })).toThrow(/Activation: x is int32/);
    expect(() => run('Activation', { x: y }, { function: 'swish' })).toThrow(
      "Activation: function is 'swish'; expected 'relu', 'silu', ",
    );
    expect(() => run('Activation', { x: y }, {})).toThrow(/function is 'undefined'/);
    expect(() => run('ActivationGrad', { dy: y, y }, { function: 'silu' })).toThrow(
      'ActivationGrad: the inputs are dy,y; the gradient of silu takes dy, x',
    );
  });

  it.each([0, 1, 5, 65, 20_001])('EluGrad of %i', async (size) => {
    const y = backend.makeTensorInfo(
      [size],
      'float32',
      Float32Array.from({ length: size }, (_, i) => -1 + (3 * i) / size),
    );
    const dy = randomTensor(backend, [size], 7);
    const want = read(y).map((y, i) => read(dy)[i]! * (y >= 0 ? 1 : y + 1));
    await expectClose(read(run('EluGrad', { dy, y }, {})), want, { absolute: 1e-6, relative: 1e-6 });
  });
});
