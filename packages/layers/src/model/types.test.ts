// The compiler checks the types, and the values confirm them.
import { relu } from '@tenfold/activations';
import * as tf from '@tensorflow/tfjs-core';
import { expect, expectTypeOf, it } from 'vitest';
import {
  type AttentionInput,
  attention,
  batchNorm,
  block,
  createModel,
  type DenseParams,
  dense,
  freeze,
  type Layer,
  type LayerLike,
  type Model,
  sequential,
} from '../index';

const small = () => dense({ inFeatures: 2, outFeatures: 3 });

it('types the parameters of a single layer', () => {
  const model = createModel(small());
  expectTypeOf(model.params).toEqualTypeOf<DenseParams>();
  expectTypeOf(model.params.kernel).toEqualTypeOf<tf.Variable>();
  expectTypeOf(model.predict).toEqualTypeOf<(input: tf.Tensor) => tf.Tensor>();
  expect(model.params.kernel.shape).toEqual([2, 3]);
});

it('types the parameters of an object of layers by its keys', () => {
  const model = createModel(
    sequential({ body: sequential({ first: small(), relu }), norm: batchNorm({ channels: 3 }) }),
  );
  expectTypeOf(model.params.body.first.kernel).toEqualTypeOf<tf.Variable>();
  expectTypeOf(model.params.norm.runningMean).toEqualTypeOf<tf.Variable>();
  // @ts-expect-error there is no such layer
  expect(model.params.head).toBeUndefined();
  expect(model.params.norm.runningMean.shape).toEqual([3]);
});

it('types the parameters of an array of layers by position', () => {
  const model = createModel(sequential([small(), relu, dense({ inFeatures: 3, outFeatures: 1 }), relu]));
  expectTypeOf(model.params['2'].kernel).toEqualTypeOf<tf.Variable>();
  expect(model.params['2'].kernel.shape).toEqual([3, 1]);
});

it('accepts a list of unknown length', () => {
  const layers: LayerLike[] = Array.from({ length: 3 }, () => dense({ inFeatures: 2, outFeatures: 2 }));
  const model = createModel(sequential(layers));
  expectTypeOf(model.predict).toEqualTypeOf<(input: tf.Tensor) => tf.Tensor>();
  expect(model.predict(tf.ones([1, 2])).shape).toEqual([1, 2]);
});

it('types the parameters of a list of unknown length by number', () => {
  const model = createModel(sequential(Array.from({ length: 3 }, small3)));
  expectTypeOf(model.params[1]!.kernel).toEqualTypeOf<tf.Variable>();
  expect(model.params[2]!.kernel.shape).toEqual([3, 3]);
  const mixed: (typeof relu | ReturnType<typeof small>)[] = [small(), relu];
  expect(createModel(sequential(mixed)).params[0]).toHaveProperty('kernel');
  // @ts-expect-error a list of known length has no further places
  expect(createModel(sequential([small(), relu])).params['5']).toBeUndefined();
});
const small3 = () => dense({ inFeatures: 3, outFeatures: 3 });

it('types the inputs of cross-attention', () => {
  const model = createModel(
    block({ cross: attention({ features: 4, heads: 2 }), head: small2() }, (l, input: AttentionInput) => {
      expectTypeOf(l.cross).toEqualTypeOf<(input: AttentionInput) => tf.Tensor>();
      return l.head(l.cross(input));
    }),
  );
  expectTypeOf(model.predict).parameter(0).toEqualTypeOf<AttentionInput>();
  expectTypeOf(model.params.cross.query.kernel).toEqualTypeOf<tf.Variable>();
  // @ts-expect-error it does not take one tensor
  expect(() => model.predict(tf.ones([1, 2, 4]))).toThrow('cross: attention: give the input as');
  expect(model.predict({ query: tf.ones([1, 2, 4]), key: tf.ones([1, 3, 4]) }).shape).toEqual([1, 2, 1]);
});
const small2 = () => dense({ inFeatures: 4, outFeatures: 1 });

it('types several outputs', () => {
  const model = createModel(
    block({ encoder: small() }, (l, { left, right }: { left: tf.Tensor; right: tf.Tensor }) => {
      const [a, b] = [l.encoder(left), l.encoder(right)];
      return { a, b, distance: tf.norm(tf.sub(a, b), 2, 1) };
    }),
  );
  const output = model.predict({ left: tf.ones([5, 2]), right: tf.zeros([5, 2]) });
  expectTypeOf(output.distance).toEqualTypeOf<tf.Tensor>();
  expect([output.a.shape, output.distance.shape]).toEqual([[5, 3], [5]]);
});

it('keeps the types of a model or frozen layer within another', () => {
  const encoder = createModel(small());
  const model = createModel(
    sequential({ encoder, frozen: freeze(dense({ inFeatures: 3, outFeatures: 3 })) }),
  );
  expectTypeOf(model.params.encoder.kernel).toEqualTypeOf<tf.Variable>();
  expectTypeOf(model.params.frozen.kernel).toEqualTypeOf<tf.Variable>();
  expect(model.params.encoder.kernel).toBe(encoder.params.kernel);
});

it('makes every model a Model and every layer a Layer', () => {
  const model = createModel(small());
  expectTypeOf(model).toExtend<Model>();
  expectTypeOf(small()).toExtend<Layer>();
  const custom: Layer<{ factor: tf.Variable }> = {
    init: () => ({ factor: tf.variable(tf.ones([2])) }),
    apply: ({ factor }, x) => tf.mul(x, factor),
  };
  expect(createModel(custom).params.factor.shape).toEqual([2]);
});
