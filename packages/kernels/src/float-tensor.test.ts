import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import { assertBackend, floatTensor, toTensor } from './index';

const convert = (value: unknown) => tf.tidy(() => floatTensor('f', 'x', value as tf.Tensor));

it.each([
  [[1, 2], [1, 2], [2]],
  [
    [[1], [2]],
    [1, 2],
    [2, 1],
  ],
  [1.5, [1.5], []],
  [new Float32Array([1, 2]), [1, 2], [2]],
  [new Int8Array([-1, 2]), [-1, 2], [2]],
  [[true, false], [1, 0], [2]],
  [[], [], [0]],
])('converts %j to a float32 tensor', async (value, values, shape) => {
  const tensor = convert(value);
  expect([tensor.dtype, tensor.shape]).toEqual(['float32', shape]);
  await expectClose(tensor, values);
});

it.each(['int32', 'bool'] as const)('casts %s and leaves the tensor as it is', async (dtype) => {
  const x = tf.tensor1d([1, 0], dtype);
  await expectNoLeaks(() => convert(x));
  expect(convert(x).dtype).toBe('float32');
  expect(x.isDisposed).toBe(false);
});

it('returns a float32 tensor as it is, and keeps other dtypes on request', () => {
  const x = tf.tensor1d([1]);
  expect(convert(x)).toBe(x);
  expect(toTensor('f', 'x', [1, 2], 'int32').dtype).toBe('int32');
});

it.each([
  [undefined, /^f: x is missing; give a tensor, or numbers in nested arrays$/],
  [null, /^f: x is null; give/],
  ['1', /^f: x is "1"; give/],
  [{}, /^f: x is an empty object; give/],
  [() => 1, /^f: x is a function; give/],
  [[1, 'a'], /^f: x\[1\] is "a"; give/],
  [[1, null], /^f: x\[1\] is null; give/],
  [
    [
      [1, 2],
      [3, undefined],
    ],
    /^f: x\[1\]\[1\] is undefined; give/,
  ],
  [new Array(2), /^f: x\[0\] is undefined; give/],
  [
    [
      [[1], [2]],
      [[3], [4, 5]],
    ],
    /^f: x\[1\]\[1\] has 2 entries but x\[1\]\[0\] has 1 entry; give/,
  ],
  [[1, [2]], /^f: x\[1\] has 1 entry but x\[0\] is a number; give/],
  [[[1, 2], [3]], /^f: x\[1\] has 1 entry but x\[0\] has 2 entries; give/],
])('rejects anything that is not a tensor of numbers: %#', async (value, message) => {
  await expectNoLeaks(() => {
    expect(() => convert(value)).toThrow(message);
  });
});

it('rejects tensors that are disposed or do not hold real numbers', () => {
  const disposed = tf.tensor1d([1]);
  disposed.dispose();
  expect(() => convert(disposed)).toThrow(
    /^f: x is a disposed tensor float32 \[1\]; give one that still holds its values/,
  );
  expect(() => convert(tf.tensor1d(['a']))).toThrow(
    /^f: x is a tensor string \[1\]; give a tensor of real numbers/,
  );
  expect(() => convert(tf.complex([1], [2]))).toThrow(
    /^f: x is a tensor complex64 \[1\]; give a tensor of real numbers/,
  );
});

it('rejects big integers', () => {
  expect(() => convert(new BigInt64Array(2))).toThrow(/^f: x is a BigInt64Array of 2; give/);
});

it('says what to import when no backend is registered', () => {
  const names = vi.spyOn(tf.engine(), 'backendNames').mockReturnValue([]);
  for (const value of [1, [1, 2], new Float32Array(2)]) {
    expect(() => floatTensor('relu', 'x', value)).toThrow(
      "relu: no backend is registered; add import '@tenfold/backend-simd' and await tf.setBackend('simd')",
    );
  }
  expect(() => assertBackend(undefined as never)).toThrow('assertBackend: name is missing; give a string');
  names.mockRestore();
  expect(() => assertBackend('relu')).not.toThrow();
});
