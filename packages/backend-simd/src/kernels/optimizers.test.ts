import { relativeRms } from '@tenfold/testing';
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { randomTensor, testedBackends } from '../../test/backends';
import { newtonSchulz, newtonSchulzList } from './newton-schulz';
import { optimizerKernels } from './optimizers';

const [adamW, adamWList, sgd, sgdList] = optimizerKernels as [
  KernelConfig,
  KernelConfig,
  KernelConfig,
  KernelConfig,
];
const variants = await testedBackends();

describe.each(variants)('optimizers, $name', ({ backend }) => {
  const values = ({ dataId }: TensorInfo) => backend.readSync(dataId) as Float32Array;
  const run = (kernel: KernelConfig, inputs: Record<string, TensorInfo>, attrs: object) =>
    [kernel.kernelFunc({ inputs, backend, attrs: { ...attrs } })].flat();

  const sizes = [[8192], [3], [0], [5, 7], [1], [20_001], [100, 90]];
  const weightDecays = sizes.map((_, i) => 0.1 * i);
  const lists = (columns: number) =>
    Array.from({ length: columns }, (_, c) =>
      // Squares, the last column of AdamW, are positive.
      sizes.map((shape, i) => positive(randomTensor(backend, shape, 10 * c + i + 1), c === 3)),
    );
  const positive = (x: TensorInfo, needed: boolean) =>
    needed ? backend.makeTensorInfo(x.shape, 'float32', values(x).map(Math.abs)) : x;
  const bits = (tensors: TensorInfo[]) =>
    tensors.map((tensor) => [tensor.shape, Buffer.from(values(tensor).buffer).toString('base64')]);
  const asList = (tensors: TensorInfo[]) => tensors as unknown as Record<string, TensorInfo>;

  it.each([true, false])('SgdList has the bits of Sgd for each parameter (decoupled: %s)', (decoupled) => {
    const before = backend.memory().arenaBytes;
    const [g, p, m] = lists(3) as [TensorInfo[], TensorInfo[], TensorInfo[]];
    const attrs = { learningRate: 0.3, momentum: 0.9, nesterov: true, decoupled };
    const outputs = run(sgdList, asList([...g, ...p, ...m]), { ...attrs, weightDecays });
    const each = sizes.map((_, i) => {
      const inputs = { gradient: g[i]!, parameter: p[i]!, momentum: m[i]! };
      return run(sgd, inputs, { ...attrs, weightDecay: weightDecays[i] });
    });
    expect(bits(outputs)).toEqual(bits([0, 1].flatMap((o) => each.map((outputs) => outputs[o]!))));
    for (const { dataId } of [...g, ...p, ...m, ...outputs, ...each.flat()]) backend.disposeData(dataId);
    expect(backend.memory().arenaBytes).toBeLessThanOrEqual(before);
  });

  it('AdamWList has the bits of AdamW for each parameter', () => {
    const [g, p, m, v] = lists(4) as [TensorInfo[], TensorInfo[], TensorInfo[], TensorInfo[]];
    const attrs = { learningRate: 0.3, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, step: 3 };
    const outputs = run(adamWList, asList([...g, ...p, ...m, ...v]), { ...attrs, weightDecays });
    const each = sizes.map((_, i) => {
      const inputs = { gradient: g[i]!, parameter: p[i]!, mean: m[i]!, square: v[i]! };
      return run(adamW, inputs, { ...attrs, weightDecay: weightDecays[i] });
    });
    expect(bits(outputs)).toEqual(bits([0, 1, 2].flatMap((o) => each.map((outputs) => outputs[o]!))));
  });

  it('lists reject incomplete columns, other dtypes, and different shapes for a parameter', () => {
    const [a, b] = [randomTensor(backend, [3]), randomTensor(backend, [4])];
    const attrs = { learningRate: 1, momentum: 0.9, weightDecays: [0] };
    expect(() => run(sgdList, asList([a, a]), attrs)).toThrow(
      'SgdList: 2 inputs; expected the same number each of gradient, parameter, momentum, in this order',
    );
    expect(() => run(sgdList, asList([a, b, a]), attrs)).toThrow(
      'SgdList: parameter 0 has shape [4]; expected [3]',
    );
    expect(run(sgdList, asList([]), { ...attrs, weightDecays: [] })).toEqual([]);
  });

  it('NewtonSchulzList orthogonalizes every matrix like NewtonSchulz', () => {
    const before = backend.memory().arenaBytes;
    const shapes = [
      [150, 64],
      [64, 64],
      [3, 5],
      [150, 64],
      [0, 4],
      [64, 64],
      [64, 64],
      [1, 9],
      [1, 9],
    ];
    const xs = shapes.map((shape, i) => randomTensor(backend, shape, i + 1));
    const outputs = run(newtonSchulzList, asList(xs), { steps: 5 });
    expect(outputs.map(({ shape }) => shape)).toEqual(shapes);
    outputs.forEach((y, i) => {
      const [alone] = run(newtonSchulz, { x: xs[i]! }, { steps: 5 });
      expect(relativeRms(values(y), values(alone!))).toBeLessThan(3e-5);
      backend.disposeData(alone!.dataId);
    });
    for (const { dataId } of [...xs, ...outputs]) backend.disposeData(dataId);
    expect(backend.memory().arenaBytes).toBeLessThanOrEqual(before);
    const x = randomTensor(backend, [2, 3, 4]);
    expect(() => run(newtonSchulzList, asList([x]), { steps: 3 })).toThrow(
      /NewtonSchulzList: x has shape \[2,3,4\]; expected a matrix/,
    );
  });

  it.each([
    [1, 1],
    [5, 3],
    [3, 5],
    [150, 64],
    [64, 300],
  ])('NewtonSchulz of %i by %i', (rows, columns) => {
    const before = backend.memory().arenaBytes;
    const x = randomTensor(backend, [rows, columns], 7);
    const [y] = run(newtonSchulz, { x }, { steps: 5 });
    expect(relativeRms(values(y!), iterate(Float64Array.from(values(x)), rows, columns, 5))).toBeLessThan(
      3e-5,
    );
    for (const { dataId } of [x, y!]) backend.disposeData(dataId);
    expect(backend.memory().arenaBytes).toBe(before);
  });

  it('NewtonSchulz keeps zeros and rejects anything that is not a matrix', () => {
    const zeros = backend.makeTensorInfo([9, 9], 'float32', new Float32Array(81));
    expect(Math.max(...values(run(newtonSchulz, { x: zeros }, { steps: 3 })[0]!))).toBe(0);
    const x = randomTensor(backend, [2, 3, 4]);
    expect(() => run(newtonSchulz, { x }, { steps: 3 })).toThrow(
      /NewtonSchulz: x has shape \[2,3,4\]; expected a matrix/,
    );
  });
});

/** The iteration in double precision, always with X·Xᵀ. */
function iterate(x: Float64Array, rows: number, columns: number, steps: number): Float64Array {
  const norm = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0)) + 1e-7;
  let y = x.map((value) => value / norm);
  const product = (a: Float64Array, b: Float64Array, m: number, k: number, n: number, turned: boolean) =>
    Float64Array.from({ length: m * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a[i * k + p]! * b[turned ? j * k + p : p * n + j]!;
      return sum;
    });
  for (let step = 0; step < steps; step++) {
    const gram = product(y, y, rows, columns, rows, true);
    const square = product(gram, gram, rows, rows, rows, false);
    const polynomial = gram.map((value, i) => -4.775 * value + 2.0315 * square[i]!);
    const turned = product(polynomial, y, rows, rows, columns, false);
    y = y.map((value, i) => 3.4445 * value + turned[i]!);
  }
  return y;
}
