import { assertOptions } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type ArrayData, type Arrays, countExamples, flatten, isRecord, pickExamples } from './arrays';
import type { Batch, BatchSource, BatchTensors } from './batch-source';
import { type BatchOptions, batchKinds, planEpochs } from './epoch-plan';

/** The tensors that batches have for arrays: a tensor, or one for each name. */
export type TensorsOf<A extends Arrays> = A extends ArrayData
  ? tf.Tensor
  : { readonly [name in keyof A]: tf.Tensor };

/**
 * Turns arrays of any kind into batches: example i is xs[i] with the label ys[i].
 *
 * Arrays may be nested, typed or tensors, or an object with several of them by name. Types are those of `tf.tensor`: numbers
 * and Float32Array become float32, Int32Array and bytes int32, booleans bool; other typed arrays become what holds their
 * numbers. Order depends on the seed and the epoch alone, so that nothing has to be saved to resume.
 *
 * Arrays are copied. Tensors are not: keep them until the last batch is made, and dispose them.
 *
 * @param xs examples, [count, …]; a flat typed array has one number for each example, for other shapes give
 *   `tf.tensor(values, shape)`
 * @param ys labels of any kind, [count, …]: class indices, numbers, one-hot rows, or `xs` itself for an autoencoder
 * @returns batches with xs and ys [batch, …]
 * @throws when the numbers of examples differ, arrays are ragged or hold something else than numbers or booleans, or an option
 *   is wrong
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
  const [takeXs, takeYs] = [takerOf('xs', xs), takerOf('ys', ys)];
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

/** What takes examples of arrays. */
function takerOf(name: string, arrays: Arrays): Taker {
  if (!isRecord(arrays)) return takerOfOne(name, arrays);
  const takers = Object.entries(arrays).map(
    ([key, values]) => [key, takerOfOne(`${name}.${key}`, values)] as const,
  );
  return (indices) => tf.tidy(() => Object.fromEntries(takers.map(([key, take]) => [key, take(indices)])));
}

function takerOfOne(name: string, values: ArrayData): (indices: Uint32Array) => tf.Tensor {
  if (values instanceof tf.Tensor) {
    return (indices) => {
      if (!values.isDisposed) return pickExamples(values, indices);
      throw new Error(`fromArrays: the tensor ${name} was disposed; keep it as long as batches are made`);
    };
  }
  const { data, shape, dtype } = flatten('fromArrays', name, values);
  const [, ...rest] = shape;
  const size = rest.reduce((product, n) => product * n, 1);
  return (indices) => {
    // Every batch gets an array to itself: a backend may keep the array that it is given instead of copying it.
    const taken = new (data.constructor as Int32ArrayConstructor)(indices.length * size);
    indices.forEach((index, n) => {
      taken.set(data.subarray(index * size, (index + 1) * size), n * size);
    });
    return tf.tensor(taken, [indices.length, ...rest], dtype);
  };
}
