import { assertOptions } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type ArrayData, type Arrays, countExamples, flatten, isRecord, pickExamples } from './arrays';
import type { Batch, BatchSource, BatchTensors } from './batch-source';
import { type BatchOptions, batchKinds, planEpochs } from './epoch-plan';

/** The tensors in batches of arrays: one tensor, or one per name. */
export type TensorsOf<A extends Arrays> = A extends ArrayData
  ? tf.Tensor
  : { readonly [name in keyof A]: tf.Tensor };

/**
 * Makes batches of arrays: example i is xs[i] with the label ys[i].
 *
 * Arrays may be nested arrays, typed arrays or tensors, or an object with several of them by name. Dtypes are those of `tf.tensor`:
 * numbers and Float32Array become float32, Int32Array and bytes become int32, booleans become bool. Other typed arrays become the
 * dtype that holds their numbers. The order depends only on the seed and the epoch, so a run can resume without saved state.
 *
 * Arrays are copied. Tensors are not copied: keep them until the last batch, then dispose them.
 *
 * @param xs examples, [count, …]. A flat typed array has one number per example; for other shapes use `tf.tensor(values, shape)`.
 * @param ys labels of any kind, [count, …]: class indices, numbers, one-hot rows, or `xs` itself for an autoencoder
 * @returns batches with xs and ys [batch, …]
 * @throws when the numbers of examples differ, arrays are ragged or contain anything but numbers or booleans, or an option is wrong
 * @example
 * const source = fromArrays([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], { batchSize: 2, shuffle: true, seed: 1 });
 * const prices = fromArrays({ rooms, place }, Float32Array.of(120.5, 99), { batchSize: 2 });
 */
export function fromArrays<X extends Arrays, Y extends Arrays>(
  xs: X,
  ys: Y,
  options: BatchOptions,
): BatchSource<TensorsOf<X>, TensorsOf<Y>> {
  assertOptions('fromArrays', options, batchKinds);
  const count = countExamples('fromArrays', { xs, ys });
  const { order, stepsPerEpoch, size } = planEpochs('fromArrays', count, options);
  const [takeXs, takeYs] = [createTaker('xs', xs), createTaker('ys', ys)];
  return {
    batchSize: options.batchSize,
    stepsPerEpoch,
    size,
    *batches(epoch): Generator<Batch<TensorsOf<X>, TensorsOf<Y>>> {
      for (const indices of order(epoch)) {
        const xs = takeXs(indices);
        let ys: BatchTensors;
        try {
          ys = takeYs(indices);
        } catch (error) {
          tf.dispose(xs as tf.TensorContainer);
          throw error;
        }
        yield { xs: xs as TensorsOf<X>, ys: ys as TensorsOf<Y> };
      }
    },
  };
}

type Taker = (indices: Uint32Array) => BatchTensors;

/** Makes a function that copies examples to a batch. */
function createTaker(name: string, arrays: Arrays): Taker {
  if (!isRecord(arrays)) return createOneTaker(name, arrays);
  const takers = Object.entries(arrays).map(
    ([key, values]) => [key, createOneTaker(`${name}.${key}`, values)] as const,
  );
  return (indices) => tf.tidy(() => Object.fromEntries(takers.map(([key, take]) => [key, take(indices)])));
}

function createOneTaker(name: string, values: ArrayData): (indices: Uint32Array) => tf.Tensor {
  if (values instanceof tf.Tensor) {
    return (indices) => {
      if (!values.isDisposed) return pickExamples(values, indices);
      throw new Error(`fromArrays: the tensor ${name} is disposed; keep it until the last batch`);
    };
  }
  const { data, shape, dtype } = flatten('fromArrays', name, values);
  const [, ...rest] = shape;
  const size = rest.reduce((product, n) => product * n, 1);
  return (indices) => {
    // Each batch gets a new array, because a backend may keep an array instead of copying it.
    const taken = new (data.constructor as Int32ArrayConstructor)(indices.length * size);
    indices.forEach((index, n) => {
      taken.set(data.subarray(index * size, (index + 1) * size), n * size);
    });
    return tf.tensor(taken, [indices.length, ...rest], dtype);
  };
}
