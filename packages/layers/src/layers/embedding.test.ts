import { expectClose, expectNoLeaks, goldens } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { assignParameters, createModel, type EmbeddingOptions, embedding } from '../index';

interface Values {
  shape: number[];
  values: number[];
}
interface Case {
  options: EmbeddingOptions;
  params: { embedding: Values };
  x: Values;
  y: Values;
  dy: Values;
  gradients: { embedding: Values };
}
const toTensor = ({ values, shape }: Values, dtype: 'float32' | 'int32' = 'float32') =>
  tf.tensor(values, shape, dtype);
const { embedding: cases } = goldens<Case[]>(new URL('../../goldens/', import.meta.url));
const onWebgpu = tf.getBackend() === 'webgpu';

it.each(cases!.slice(0, onWebgpu ? 2 : undefined))(
  "has PyTorch's values and gradient: $options",
  async (c) => {
    const model = createModel(embedding(c.options));
    assignParameters(model, { embedding: toTensor(c.params.embedding) });
    const ids = toTensor(c.x, 'int32');
    await expectClose(model.predict(ids), toTensor(c.y));
    const { grads } = tf.variableGrads(() => tf.sum(tf.mul(model.predict(ids), toTensor(c.dy))) as tf.Scalar);
    await expectClose(Object.values(grads)[0]!, toTensor(c.gradients.embedding));
    model.dispose();
  },
);

it.each([undefined, 1])('has second derivatives (paddingIndex: %s)', async (paddingIndex) => {
  const layer = embedding({ vocabularySize: 3, features: 2, paddingIndex });
  const ids = tf.tensor([0, 1, 1, 0], [4], 'int32');
  const table = tf.tensor([1, 2, 3, 4, 5, 6], [3, 2]);
  // The cube of each entry, so that its second derivative is 6·E·(the number of its places).
  const cubes = (table: tf.Tensor) =>
    tf.sum(tf.pow(layer.apply({ embedding: table as tf.Variable }, ids, { training: true }), 3)) as tf.Scalar;
  const slope = (table: tf.Tensor) => tf.sum(tf.grad(cubes)(table)) as tf.Scalar;
  const padded = paddingIndex === 1 ? [0, 0] : [36, 48];
  await expectClose(tf.grad(slope)(table), tf.tensor([12, 24, ...padded, 0, 0], [3, 2]), { relative: 1e-4 });
});

it('starts the vector of padding at 0, and others at random', async () => {
  const values = await createModel(
    embedding({ vocabularySize: 3, features: 2, paddingIndex: 1 }),
  ).params.embedding.data();
  expect([...values].map((value) => value === 0)).toEqual([false, false, true, true, false, false]);
});

describe('wrong ids', () => {
  const model = createModel(embedding({ vocabularySize: 3, features: 2 }));
  it.each([-1, 3])('are an error where they can be read, and NaN elsewhere: %s', async (id) => {
    const ids = tf.tensor([0, id], [1, 2], 'int32');
    if (!onWebgpu) {
      const message = `embedding: the input has the id ${id}; give ids from 0 to 2, because vocabularySize is 3`;
      await expectNoLeaks(() => {
        expect(() => model.predict(ids)).toThrow(message);
      });
      return;
    }
    const y = await model.predict(ids).data();
    expect([...y].map(Number.isNaN)).toEqual([false, false, true, true]);
  });

  it.each<[() => unknown, RegExp]>([
    [() => tf.ones([2]), /^embedding: the input is a tensor of dtype float32; give ids as int32/],
    [() => tf.scalar(1, 'int32'), /^embedding: the input is a scalar; give a batch/],
    [() => [[1, 2]], /^embedding: the input is an array of 1; give an int32 tensor/],
    [() => undefined, /^embedding: the input is missing/],
  ])('of another kind are refused: %#', async (input, message) => {
    const value = input();
    await expectNoLeaks(() => {
      expect(() => model.predict(value as tf.Tensor)).toThrow(message);
    });
  });

  it('for padding are refused', () => {
    expect(() => embedding({ vocabularySize: 3, features: 2, paddingIndex: 3 })).toThrow(
      /^embedding: paddingIndex is 3; give an id from 0 to 2, because vocabularySize is 3/,
    );
  });
});

it('takes an empty batch and leaks nothing', async () => {
  const model = createModel(embedding({ vocabularySize: 3, features: 2, paddingIndex: 0 }));
  expect(model.predict(tf.zeros([0, 4], 'int32')).shape).toEqual([0, 4, 2]);
  const ids = tf.tensor([0, 2], [1, 2], 'int32');
  await expectNoLeaks(() => {
    for (let i = 0; i < 10; i++) {
      tf.dispose(tf.variableGrads(() => tf.sum(model.apply(ids, { training: true })) as tf.Scalar));
    }
  });
});
