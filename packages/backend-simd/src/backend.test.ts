import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { SimdBackend } from './backend';
import { configureSimd } from './index';
import { createRuntime } from './runtime';

beforeAll(() => tf.setBackend('simd'));
const backend = (): SimdBackend => tf.backend() as SimdBackend;

describe('SimdBackend', () => {
  it('moves a tensor into wasm memory once, with unchanged values', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const pointer = backend().pointer(x);
    expect(backend().pointer(x)).toBe(pointer);
    expect(Array.from(x.dataSync())).toEqual([1, 2, 3]);
    x.dispose();
  });

  it('releases the block when the tensor is disposed', () => {
    const before = backend().memory().arenaBytes;
    const x = tf.fill([1000], 7);
    expect(backend().memory().arenaBytes).toBeGreaterThan(before);
    const alias = x.clone();
    x.dispose();
    expect(Array.from(alias.dataSync())).toEqual(new Array(1000).fill(7));
    alias.dispose();
    expect(backend().memory().arenaBytes).toBe(before);
  });

  it('returns copies, which do not change when the block is reused', () => {
    const x = tf.fill([256], 1);
    const values = x.dataSync();
    x.dispose();
    tf.fill([256], 2).dispose();
    expect(values[0]).toBe(1);
    expect(values.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it.each([3, 1000])('returns copies of %i values that no kernel has used', async (size) => {
    const values = Array.from({ length: size }, (_, i) => size - i);
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      const x = tf.tensor1d(values, dtype);
      const first = [...(await x.data())];
      (await x.data()).fill(0);
      x.dataSync().fill(0);
      expect([...x.dataSync()]).toEqual(first);
      x.dispose();
    }
    const text = tf.tensor1d(['a', 'b']);
    (await text.data<'string'>())[0] = 'c';
    expect([...(await text.data())]).toEqual(['a', 'b']);
    text.dispose();
  });

  it('copies views of another tensor that a CPU kernel returns', () => {
    const x = tf.fill([256], 1);
    const part = tf.slice(x, [16], [16]); // contiguous: the CPU kernel returns a subarray
    x.dispose();
    const other = tf.fill([256], 2);
    expect(Array.from(part.dataSync())).toEqual(new Array(16).fill(1));
    tf.dispose([part, other]);
  });

  it('reads real and imaginary parts that outlive their complex tensor', () => {
    const re = tf.fill([64], 3);
    const complex = tf.complex(re, tf.fill([64], 4));
    const imag = tf.imag(complex);
    tf.dispose([re, complex]);
    const other = tf.fill([64], 5);
    expect(imag.dataSync()[0]).toBe(4);
    tf.dispose([imag, other]);
  });

  it('rejects dtypes that cannot be in wasm memory', () => {
    const x = tf.tensor1d([true, false]);
    expect(() => backend().pointer(x)).toThrow(/type bool/);
    x.dispose();
  });

  it('accepts plain arrays, which tfjs passes when nothing is concatenated', () => {
    const x = tf.concat([tf.zeros([0, 3]), tf.zeros([0, 3])], 1);
    const parts = tf.split(x, 2, 1);
    expect(parts.map(({ shape }) => shape)).toEqual([
      [0, 3],
      [0, 3],
    ]);
    const stacked = tf.stack([x, x]);
    expect(tf.unstack(stacked)[1]!.shape).toEqual([0, 6]);
  });

  it('falls back to CPU kernels', () => {
    const x = tf.acosh(tf.fill([4], 2));
    expect(x.dataSync()[0]).toBeCloseTo(Math.acosh(2), 6);
    x.dispose();
  });

  it('releases memory and threads in removeBackend, and starts again', async () => {
    const { runtime } = backend();
    const factory = tf.findBackendFactory('simd');
    tf.fill([1000], 1);
    tf.removeBackend('simd');
    expect(runtime.arena.live).toBe(0);
    expect(runtime.pool?.online ?? 0).toBe(0);
    configureSimd({ threads: 2 }); // nothing runs, so that options can change
    tf.registerBackend('simd', factory, 2);
    await tf.setBackend('simd');
    expect(backend().runtime).not.toBe(runtime);
    expect(() => configureSimd({ threads: 1 })).toThrow(/already running/);
    expect(tf.fill([2], 3).dataSync()[1]).toBe(3);
  });

  it('says after removeBackend that the values of its tensors are lost', async () => {
    const factory = tf.findBackendFactory('simd');
    const [left, other] = [tf.fill([1000], 1), tf.ones([1000])];
    tf.removeBackend('simd');
    tf.registerBackend('simd', factory, 2);
    const message =
      /^simd backend: the values of this tensor were lost when the backend was removed; read .* before tf.removeBackend/;
    for (const name of ['cpu', 'simd']) {
      await tf.setBackend(name);
      expect(() => left.dataSync()).toThrow(message);
      await expect(left.data()).rejects.toThrow(message);
      expect(() => tf.add(left, other)).toThrow(message);
    }
    tf.dispose([left, other]);
  });

  it.each<[string, () => tf.Tensor]>([
    ['in wasm memory', () => tf.fill([4], 1)],
    ['that no wasm kernel has used', () => tf.tensor([1, 2, 3])],
    ['of another dtype', () => tf.tensor([true, false])],
    ['of strings', () => tf.tensor(['a'])],
    ['of complex numbers', () => tf.complex([1], [2])],
    ['without values', () => tf.tensor([], [0, 2])],
  ])('loses the values of tensors %s in removeBackend', async (_, make) => {
    const factory = tf.findBackendFactory('simd');
    const left = make();
    await left.data();
    tf.removeBackend('simd');
    tf.registerBackend('simd', factory, 2);
    const message = /^simd backend: the values of this tensor were lost when the backend was removed; read/;
    for (const name of ['cpu', 'simd']) {
      await tf.setBackend(name);
      expect(() => left.dataSync()).toThrow(message);
      await expect(left.data()).rejects.toThrow(message);
    }
    left.dispose();
    expect(tf.ones([2]).dataSync()[1]).toBe(1);
  });

  it('starts again after tf.engine().reset(), with nothing left', async () => {
    const { runtime } = backend();
    const left = tf.fill([1000], 1);
    tf.engine().reset();
    expect(runtime.arena.live).toBe(0);
    expect(runtime.pool?.online ?? 0).toBe(0);
    expect(left.isDisposed).toBe(false); // reset does not dispose tensors
    left.dispose();
    await tf.setBackend('simd');
    expect(backend().runtime).not.toBe(runtime);
    expect(tf.fill([2], 3).dataSync()[1]).toBe(3);
  });

  it('can be removed and made again many times', async () => {
    const factory = tf.findBackendFactory('simd');
    for (let i = 0; i < 20; i++) {
      tf.removeBackend('simd');
      tf.registerBackend('simd', factory, 2);
      await tf.setBackend('simd');
      const x = tf.ones([300, 300]);
      expect(tf.sum(tf.matMul(x, x)).dataSync()[0]).toBe(300 ** 3);
    }
  });

  it('frees the blocks of tensors that were not disposed', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const before = backend().memory().arenaBytes;
    for (let i = 0; i < 50; i++) tf.fill([10000], i);
    expect(backend().memory().arenaBytes).toBeGreaterThan(before);
    for (let i = 0; i < 50 && backend().memory().arenaBytes > before; i++) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(backend().memory().arenaBytes).toBeLessThanOrEqual(before);
  });

  it('keeps values readable when a memory that is not shared grows', () => {
    const single = new SimdBackend(createRuntime({ threads: 1 }));
    const info = single.output([4]);
    (single.data.get(info.dataId).values as Float32Array).set([1, 2, 3, 4]);
    const big = single.output([16 * 1024 * 1024]);
    expect(Array.from(single.readSync(info.dataId) as Float32Array)).toEqual([1, 2, 3, 4]);
    single.disposeData(big.dataId);
    single.disposeData(info.dataId);
  });
});

it('knows the arguments of every wasm kernel', () => {
  const { runtime } = backend();
  const x = tf.fill([4], -1);
  const [from, to] = [backend().pointer(x), backend().temporary(16)];
  backend().parallel('reluValue', [from, to, 0, 0], 4, 4);
  expect(Array.from(new Float32Array(runtime.memory.buffer, to, 4))).toEqual([0, 0, 0, 0]);
  const wrong = () => {
    // @ts-expect-error: no kernel has this name
    backend().parallel('rectify', [from, to, 0, 0], 4, 4);
    // @ts-expect-error: an argument is missing
    backend().parallel('reluValue', [from, to, 0], 4, 4);
    // @ts-expect-error: a size is not an address
    backend().parallel('reluValue', [from, 16, 0, 0], 4, 4);
  };
  expect(wrong).toBeTypeOf('function');
  backend().release(to, 16);
  x.dispose();
});
