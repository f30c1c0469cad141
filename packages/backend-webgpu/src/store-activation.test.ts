import '@tenfold/gradients';
import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { normals, randomTensor, runKernel, startWebgpu, unroll } from '../test/webgpu';
import type { WebgpuBackend } from './backend';
import { readsFloat16 } from './store-activation';
import { WebgpuUnavailable } from './unavailable';

/** What float16 may be off by: a unit of its last digit, since WGSL leaves the direction open, and what is below its least. */
const ROUNDING = { relative: 2 ** -10, absolute: 2 ** -14 };
// A software adapter compiles the shaders slowly.
const PATIENCE = 400_000;
/** Shapes of enough numbers: of vectors, and odd. */
const shapes = { 'vectors of four': [16, 9, 8], 'an odd size': [5, 41, 7] };

const available = await start();

async function start(): Promise<boolean> {
  try {
    return await startWebgpu({ float16: true });
  } catch (error) {
    if (!(error instanceof WebgpuUnavailable) || error.reason !== 'no float16') throw error;
    console.warn(`these tests need float16 and do not run here: ${error.message}`);
    return false;
  }
}

const webgpu = () => tf.backend() as WebgpuBackend;

/** What the kernels compute while tfjs records for gradients. */
function recorded(kernels: () => tf.Tensor[]): tf.Tensor[] {
  let results: tf.Tensor[] = [];
  const one = tf.scalar(1);
  const gradient = tf.grad((x) => {
    results = kernels().map((tensor) => tf.keep(tensor));
    return tf.neg(x);
  })(one);
  tf.dispose([one, gradient]);
  return results;
}

/** The same, in float16. */
const recordedInFloat16 = (kernels: () => tf.Tensor[]): tf.Tensor[] =>
  recorded(() => {
    const results = kernels();
    for (const tensor of results) readsFloat16(webgpu(), tensor);
    return results;
  });

const isFloat16 = (tensor: tf.Tensor): boolean => webgpu().float16Storage.of(tensor) !== undefined;
const used = (): number => webgpu().bufferManager.numBytesUsed;

/** A tensor of numbers of both signs in float16. */
function float16Tensor(shape: number[], seed: number): tf.Tensor {
  const x = randomTensor(shape, seed);
  const [zero, half] = [
    tf.zerosLike(x),
    recordedInFloat16(() => runKernel('Dropout', { x }, { rate: 0, key: [1, 2] })),
  ];
  tf.dispose([x, zero]);
  expect(isFloat16(half[0]!)).toBe(true);
  return half[0]!;
}

type Inputs = Record<string, number[]>;
interface Case {
  kernel: string;
  /** Shapes of the inputs; those in `stored` are float16. */
  inputs: (shape: number[]) => Inputs;
  stored: string[];
  attrs?: (shape: number[]) => object;
  /** Whether the first result is float16 in the forward pass. */
  isForward?: boolean;
}

const [last, image] = [(s: number[]) => [s.at(-1)!], (s: number[]) => [1, ...s]];
const filterShape = (s: number[]) => [3, 3, s.at(-1)!, s.at(-1)!];
const square = (s: number[]) => [s.at(-1)!, s.at(-1)!];
const same = () => ({ strides: 1, pad: 'same', dilations: 1, dataFormat: 'NHWC' });
const pool = () => ({ filterSize: 3, strides: 2, pad: 'same' });
const attention = () => ({ heads: 1, scale: 0.3 });
const moments = (s: number[]) => [...s.slice(0, -1), 1];

const cases: Case[] = [
  {
    kernel: 'Activation',
    inputs: (s) => ({ x: s }),
    stored: ['x'],
    attrs: () => ({ function: 'gelu' }),
    isForward: true,
  },
  { kernel: tf.Relu, inputs: (s) => ({ x: s }), stored: ['x'], isForward: true },
  { kernel: tf.Add, inputs: (s) => ({ a: s, b: s }), stored: ['a', 'b'], isForward: true },
  { kernel: tf.Add, inputs: (s) => ({ a: s, b: s }), stored: ['b'] },
  {
    kernel: 'Dropout',
    inputs: (s) => ({ x: s }),
    stored: ['x'],
    attrs: () => ({ rate: 0.3, key: [3, 4] }),
    isForward: true,
  },
  {
    kernel: tf.Conv2D,
    inputs: (s) => ({ x: image(s), filter: filterShape(s) }),
    stored: ['x'],
    attrs: same,
    isForward: true,
  },
  {
    kernel: tf.FusedConv2D,
    inputs: (s) => ({ x: image(s), filter: filterShape(s), bias: last(s) }),
    stored: ['x'],
    attrs: () => ({ ...same(), activation: 'relu' }),
    isForward: true,
  },
  {
    kernel: tf.Conv2DBackpropFilter,
    inputs: (s) => ({ x: image(s), dy: image(s) }),
    stored: ['x'],
    attrs: (s) => ({ ...same(), filterShape: filterShape(s) }),
  },
  {
    kernel: tf.Conv2DBackpropInput,
    inputs: (s) => ({ dy: image(s), filter: filterShape(s) }),
    stored: ['dy'],
    attrs: (s) => ({ ...same(), inputShape: image(s) }),
  },
  {
    kernel: tf._FusedMatMul,
    inputs: (s) => ({ a: [s[0]! * s[1]!, s[2]!], b: square(s), bias: last(s) }),
    stored: ['a'],
    attrs: () => ({ transposeA: false, transposeB: false, activation: 'linear' }),
    isForward: true,
  },
  {
    kernel: tf.BatchMatMul,
    inputs: (s) => ({ a: [1, s[0]! * s[1]!, s[2]!], b: [1, ...square(s)] }),
    stored: ['a'],
    attrs: () => ({ transposeA: false, transposeB: true }),
    isForward: true,
  },
  {
    kernel: tf.BatchMatMul,
    inputs: (s) => ({ a: [1, s[0]! * s[1]!, s[2]!], b: [1, s[0]! * s[1]!, 3] }),
    stored: ['a'],
    attrs: () => ({ transposeA: true, transposeB: false }),
  },
  {
    kernel: 'BatchNormTrain',
    inputs: (s) => ({ x: s, gamma: last(s), beta: last(s) }),
    stored: ['x'],
    attrs: () => ({ epsilon: 1e-5 }),
    isForward: true,
  },
  {
    kernel: 'BatchNormActivation',
    inputs: (s) => ({ x: s, gamma: last(s), beta: last(s) }),
    stored: ['x'],
    attrs: () => ({ epsilon: 1e-5, function: 'gelu' }),
    isForward: true,
  },
  {
    kernel: 'BatchNormTrainGrad',
    inputs: (s) => ({ dy: s, x: s, gamma: last(s), mean: last(s), variance: last(s) }),
    stored: ['x'],
    attrs: () => ({ epsilon: 1e-5 }),
  },
  {
    kernel: 'BatchNormActivationGrad',
    inputs: (s) => ({ dy: s, x: s, gamma: last(s), beta: last(s), mean: last(s), variance: last(s) }),
    stored: ['x'],
    attrs: () => ({ epsilon: 1e-5, function: 'relu' }),
  },
  {
    kernel: 'LayerNorm',
    inputs: (s) => ({ x: s, gamma: last(s), beta: last(s) }),
    stored: ['x'],
    attrs: () => ({ epsilon: 1e-5 }),
    isForward: true,
  },
  {
    kernel: 'LayerNormGrad',
    inputs: (s) => ({ dy: s, x: s, gamma: last(s), mean: moments(s), rstd: moments(s) }),
    stored: ['x'],
  },
  {
    kernel: 'Attention',
    inputs: (s) => ({ query: s, key: s, value: s }),
    stored: ['query', 'key', 'value'],
    attrs: attention,
    isForward: true,
  },
  {
    kernel: 'AttentionGrad',
    inputs: (s) => ({ dy: s, query: s, key: s, value: s, logsumexp: [s[0]!, 1, s[1]!] }),
    stored: ['query', 'key', 'value'],
    attrs: attention,
  },
  {
    kernel: 'ActivationGrad',
    inputs: (s) => ({ dy: s, x: s }),
    stored: ['x'],
    attrs: () => ({ function: 'silu' }),
  },
  {
    kernel: 'ActivationGrad',
    inputs: (s) => ({ dy: s, y: s }),
    stored: ['y'],
    attrs: () => ({ function: 'relu' }),
  },
  {
    kernel: tf.Sum,
    inputs: (s) => ({ x: s }),
    stored: ['x'],
    attrs: () => ({ axis: [0, 1], keepDims: false }),
  },
  { kernel: tf.Softmax, inputs: (s) => ({ logits: s }), stored: ['logits'], attrs: () => ({ dim: -1 }) },
];

describe.runIf(available)('kernels on activations in float16', { timeout: PATIENCE }, () => {
  for (const [kind, shape] of Object.entries(shapes)) {
    for (const { kernel, inputs, stored, attrs, isForward = false } of cases) {
      it(`${kernel} of ${stored.join(', ')}, ${kind}`, async () => {
        // Both ways to write shaders; where there are no vectors, lavapipe is slow to compile what is written out.
        unroll(shape.at(-1)! % 4 === 0);
        const held = webgpu().numDataIds();
        await expectNoLeaks(async () => {
          const tensors: tf.NamedTensorMap = {};
          for (const [i, [name, shape_]] of Object.entries(inputs(shape)).entries()) {
            const make = stored.includes(name) ? float16Tensor : randomTensor;
            // Variances and the logarithms of sums are positive.
            const results = make(shape_, i + 1);
            tensors[name] = ['variance', 'rstd', 'logsumexp'].includes(name)
              ? tf.tidy(() => tf.add(tf.abs(results), 3))
              : results;
            if (tensors[name] !== results) results.dispose();
          }
          const run = (from: tf.NamedTensorMap) => runKernel(kernel, from, attrs?.(shape));
          const results = isForward ? recordedInFloat16(() => run(tensors)) : recorded(() => run(tensors));
          expect(isFloat16(results[0]!)).toBe(isForward);
          // None was converted: the kernel has read float16.
          for (const name of stored) expect(isFloat16(tensors[name]!)).toBe(true);
          const plain = tf.tidy(() =>
            Object.fromEntries(Object.entries(tensors).map(([name, x]) => [name, tf.add(x, 0)])),
          );
          const want = run(plain);
          for (const [i, result] of results.entries()) {
            const error = isForward && i === 0 ? ROUNDING : { relative: 2e-6, absolute: 2e-5 };
            await expectClose(result, await want[i]!.data(), error);
          }
          return [...results, ...want, ...Object.values(tensors), ...Object.values(plain)];
        });
        // The float16 buffers are gone too.
        expect(webgpu().numDataIds()).toBe(held);
      });
    }
  }

  it.each([
    [[1, 9, 9, 32], 2],
    [[3, 11, 7, 7], 1],
  ])('MaxPool of [%s] and its gradient: the largest to the bit', async (shape, strides) => {
    await expectNoLeaks(async () => {
      const [x, attrs] = [float16Tensor(shape, 1), { ...pool(), strides }];
      const [y] = recordedInFloat16(() => runKernel(tf.MaxPool, { x }, attrs));
      const dy = randomTensor(y!.shape, 2);
      const [dx] = runKernel(tf.MaxPoolGrad, { dy, input: x, output: y! }, attrs);
      expect([isFloat16(x), isFloat16(y!)]).toEqual([true, y!.size >= 1024]);
      const plain = tf.tensor(await x.data(), shape);
      const [wantY] = runKernel(tf.MaxPool, { x: plain }, attrs);
      const [wantDx] = runKernel(tf.MaxPoolGrad, { dy, input: plain, output: wantY! }, attrs);
      expect(await y!.data()).toEqual(await wantY!.data());
      await expectClose(dx!, await wantDx!.data(), { absolute: 1e-6 });
      return [x, y!, dy, dx!, plain, wantY!, wantDx!];
    });
  });
});

describe.runIf(available)('activations in float16', { timeout: PATIENCE }, () => {
  const size = 2001;
  const x = () => tf.tensor1d(normals(size));
  const silu = (x: tf.Tensor) => runKernel('Activation', { x }, { function: 'silu' });

  it('take half the memory, and are float32 again when tfjs or the caller asks', async () => {
    const tensors = x();
    const make = () => recordedInFloat16(() => silu(tensors));
    // The first time makes buffers of uniforms that are kept.
    tf.dispose([tf.abs(make()[0]!), tf.abs(tensors)]);
    const before = used();
    const [y] = make();
    expect(used() - before).toBe(4 * Math.ceil(size / 2));
    const sum = tf.abs(y!);
    expect(isFloat16(y!)).toBe(false);
    expect(y!.dtype).toBe('float32');
    expect(used() - before).toBe(2 * 4 * size);
    tf.dispose([sum, y!]);
    expect(used()).toBe(before);
  });

  it('hold at most ±65504, and infinity stays', async () => {
    const values = Float32Array.from(
      { length: 1028 },
      (_, i) => [1e5, -1e5, 80, -80, 65504, Infinity, 0, 1e-9][i % 8]!,
    );
    const [y] = recordedInFloat16(() =>
      runKernel('Dropout', { x: tf.tensor1d(values) }, { rate: 0, key: [1, 2] }),
    );
    const [a, b, c, d, e, f, g, h] = (await y!.data()) as Float32Array;
    expect([a, b, c, d, e, f, g]).toEqual([65504, -65504, 80, -80, 65504, Infinity, 0]);
    expect(Math.abs(h!)).toBeLessThan(1e-7);
  });

  it('are what is recorded alone: inference, gradients and small results are float32', async () => {
    const [tensors, small] = [x(), tf.tensor1d(normals(1023))];
    expect(webgpu().deferrals.of(silu(tensors)[0]!)).toBeUndefined();
    expect(recordedInFloat16(() => silu(small)).map(isFloat16)).toEqual([false]);
    const square = randomTensor([40, 40]);
    const [y, dy] = recordedInFloat16(() => {
      const product = tf.matMul(square, square);
      return [product, tf.grad((v) => tf.matMul(tf.matMul(v, square), square))(product)];
    });
    expect([y!, dy!].map(isFloat16)).toEqual([true, false]);
  });

  it('that something else reads first are never rounded', async () => {
    const tensors = x();
    const [y] = recorded(() => silu(tensors));
    expect(isFloat16(y!)).toBe(false);
    expect(await y!.data()).toEqual(await silu(tensors)[0]!.data());
  });

  it('are not computed when nobody reads them', async () => {
    await expectNoLeaks(async () => {
      const tensors = x();
      tf.abs(tensors).dispose();
      const before = used();
      const y = recorded(() => silu(tensors));
      expect(used()).toBe(before);
      tensors.dispose();
      return y;
    });
  });

  it('are of the variables as they were', async () => {
    const [kernel, tensors] = [tf.variable(tf.ones([4, 300])), tf.ones([8, 4])];
    const [y] = recorded(() => [tf.matMul(tensors, kernel)]);
    kernel.assign(tf.zeros([4, 300]));
    expect((await y!.data())[7]).toBe(4);
    kernel.dispose();
  });

  it('are shared by what is reshaped', async () => {
    const [y] = recordedInFloat16(() => silu(x()));
    const matrix = tf.reshape(y!, [3, 667]);
    y!.dispose();
    expect(isFloat16(matrix)).toBe(true);
    await expectClose(matrix, await tf.mul(x(), tf.sigmoid(x())).data(), ROUNDING);
  });
});
