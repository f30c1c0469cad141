// What the types promise; the compiler checks it, and the values show that they are so.
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

it('a model of one layer has its parameters', () => {
  const model = createModel(small());
  expectTypeOf(model.params).toEqualTypeOf<DenseParams>();
  expectTypeOf(model.params.kernel).toEqualTypeOf<tf.Variable>();
  expectTypeOf(model.predict).toEqualTypeOf<(input: tf.Tensor) => tf.Tensor>();
  expect(model.params.kernel.shape).toEqual([2, 3]);
});

it('an object of layers has parameters by its keys', () => {
  const model = createModel(
    sequential({ body: sequential({ first: small(), relu }), norm: batchNorm({ channels: 3 }) }),
  );
  expectTypeOf(model.params.body.first.kernel).toEqualTypeOf<tf.Variable>();
  expectTypeOf(model.params.norm.runningMean).toEqualTypeOf<tf.Variable>();
  // @ts-expect-error there is no such layer
  expect(model.params.head).toBeUndefined();
  expect(model.params.norm.runningMean.shape).toEqual([3]);
});

it('an array of layers has parameters by its places', () => {
  const model = createModel(sequential([small(), relu, dense({ inFeatures: 3, outFeatures: 1 }), relu]));
  expectTypeOf(model.params['2'].kernel).toEqualTypeOf<tf.Variable>();
  expect(model.params['2'].kernel.shape).toEqual([3, 1]);
});

it('a list of unknown length is a sequence too', () => {
  const layers: LayerLike[] = Array.from({ length: 3 }, () => dense({ inFeatures: 2, outFeatures: 2 }));
  const model = createModel(sequential(layers));
  expectTypeOf(model.predict).toEqualTypeOf<(input: tf.Tensor) => tf.Tensor>();
  expect(model.predict(tf.ones([1, 2])).shape).toEqual([1, 2]);
});

it('cross-attention takes several inputs', () => {
  const model = createModel(
    block({ cross: attention({ features: 4, heads: 2 }), head: small2() }, (l, input: AttentionInput) => {
      expectTypeOf(l.cross).toEqualTypeOf<(input: AttentionInput) => tf.Tensor>();
      return l.head(l.cross(input));
    }),
  );
  expectTypeOf(model.predict).parameter(0).toEqualTypeOf<AttentionInput>();
  expectTypeOf(model.params.cross.query.kernel).toEqualTypeOf<tf.Variable>();
  // @ts-expect-error it is no layer of one tensor
  expect(() => model.predict(tf.ones([1, 2, 4]))).toThrow('cross: attention: give the inputs as');
  expect(model.predict({ query: tf.ones([1, 2, 4]), key: tf.ones([1, 3, 4]) }).shape).toEqual([1, 2, 1]);
});
const small2 = () => dense({ inFeatures: 4, outFeatures: 1 });

it('a layer may have several outputs', () => {
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

it('a model or a frozen layer keeps its types as a part of another', () => {
  const encoder = createModel(small());
  const model = createModel(
    sequential({ encoder, frozen: freeze(dense({ inFeatures: 3, outFeatures: 3 })) }),
  );
  expectTypeOf(model.params.encoder.kernel).toEqualTypeOf<tf.Variable>();
  expectTypeOf(model.params.frozen.kernel).toEqualTypeOf<tf.Variable>();
  expect(model.params.encoder.kernel).toBe(encoder.params.kernel);
});

it('a model of any parameters is a Model, and a layer of any a Layer', () => {
  const model = createModel(small());
  expectTypeOf(model).toExtend<Model>();
  expectTypeOf(small()).toExtend<Layer>();
  const own: Layer<{ factor: tf.Variable }> = {
    init: () => ({ factor: tf.variable(tf.ones([2])) }),
    apply: ({ factor }, x) => tf.mul(x, factor),
  };
  expect(createModel(own).params.factor.shape).toEqual([2]);
});
