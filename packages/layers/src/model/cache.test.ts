import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  alibi,
  attention,
  block,
  createCache,
  createModel,
  embedding,
  type Layer,
  learnedPositions,
  localitySelfAttention,
  multiHeadAttention,
  relativePositions,
  rotaryPositions,
  sequential,
  sinCosPositions1d,
  transformerDecoderBlock,
  transformerEncoderBlock,
} from '../index';

const size = { features: 4, heads: 2 };
const causal = { ...size, causal: true };
const x = tf.randomNormal([2, 5, 4], 0, 1, 'float32', 1);
const part = (from: number, count: number) => tf.slice(x, [0, from, 0], [2, count, 4]);

describe('a cache', () => {
  it.each<[string, Layer]>([
    [
      'learned positions',
      sequential([learnedPositions({ tokens: 6, features: 4 }), multiHeadAttention(causal)]),
    ],
    ['sines', sequential([sinCosPositions1d({ features: 4 }), multiHeadAttention(causal)])],
    [
      'rotary positions in groups',
      sequential([
        transformerEncoderBlock({ ...causal, keyValueHeads: 1, positions: rotaryPositions({ features: 2 }) }),
        transformerEncoderBlock({ ...causal, normFirst: true, positions: rotaryPositions({ features: 2 }) }),
      ]),
    ],
    ['ALiBi', multiHeadAttention({ ...causal, scoreBias: alibi({ heads: 2 }) }) as Layer],
    [
      'relative positions',
      multiHeadAttention({ ...causal, scoreBias: relativePositions({ heads: 2 }) }) as Layer,
    ],
  ])('gives the result of all tokens at once: %s', async (_, layer) => {
    const model = createModel(layer, { seed: 3 });
    const whole = model.predict(x);
    const cache = createCache();
    const steps = [part(0, 2), part(2, 1), part(3, 2)].map((tokens) => model.apply(tokens, { cache }));
    expect(cache.length).toBe(5);
    await expectClose(tf.concat(steps, 1), whole, { absolute: 1e-5 });
    cache.clear();
    await expectClose(model.apply(part(0, 2), { cache }), steps[0]!);
    model.dispose();
    cache.clear();
  });

  it('reads the memory of a decoder anew, and takes a mask of all keys', async () => {
    const memory = tf.randomNormal([2, 3, 4], 0, 1, 'float32', 2);
    const decoder = transformerDecoderBlock({ ...size, positions: rotaryPositions({ features: 2 }) });
    const model = createModel(decoder, { seed: 3 });
    const mask = tf.tensor2d([1, 1, 1, 1, 1, 0, 1, 1, 1, 1], [2, 5]);
    const whole = model.predict({ x, memory, mask });
    const cache = createCache();
    const first = model.apply({ x: part(0, 4), memory, mask: tf.slice(mask, [0, 0], [2, 4]) }, { cache });
    const last = model.apply({ x: part(4, 1), memory, mask }, { cache });
    await expectClose(tf.concat([first, last], 1), whole, { absolute: 1e-5 });
    cache.clear();
  });

  it('holds two tensors a layer, and is as before after an error', async () => {
    const model = createModel(multiHeadAttention(causal), { seed: 3 });
    const cache = createCache();
    await expectNoLeaks(() => {
      tf.dispose(tf.tidy(() => model.apply(part(0, 2), { cache })));
      const before = tf.memory().numTensors;
      expect(() => tf.tidy(() => model.apply(tf.zeros([1, 1, 4]), { cache }))).toThrow(
        /^multiHeadAttention: the cache has keys of 4 features for a batch of 2, but these are \[1,1,4\]; call clear/,
      );
      const failing = createModel(
        block({ attention: multiHeadAttention(causal) }, (l, x: tf.Tensor): tf.Tensor => {
          l.attention(x);
          throw new Error('stop');
        }),
      );
      expect(() => tf.tidy(() => failing.apply(part(2, 1), { cache }))).toThrow('stop');
      failing.dispose();
      expect([cache.length, tf.memory().numTensors]).toEqual([2, before]);
      tf.dispose(tf.tidy(() => model.apply(part(2, 1), { cache })));
      expect([cache.length, tf.memory().numTensors]).toEqual([3, before]);
      cache.clear();
    });
  });

  it.each<[Layer<object, never>, unknown, RegExp]>([
    [multiHeadAttention(size), x, /^multiHeadAttention: with a cache, .* give the option causal: true/],
    [localitySelfAttention(size), x, /^localitySelfAttention: a cache needs causal attention/],
    [
      attention(causal),
      { query: x, key: tf.clone(x) },
      /^attention: with a cache, causal attention takes the same tensor as query and key/,
    ],
  ])('is refused by attention to later tokens: %#', async (layer, input, message) => {
    const model = createModel(layer as Layer);
    await expectNoLeaks(() => {
      expect(() => model.apply(input as tf.Tensor, { cache: createCache() })).toThrow(message);
    });
  });

  it('is refused within a pass that uses it', () => {
    const inner = createModel(multiHeadAttention(causal));
    const cache = createCache();
    const outer = createModel((x: tf.Tensor) => inner.apply(x, { cache }));
    expect(() => outer.apply(x, { cache })).toThrow(/another pass is using it; call createCache\(\) once/);
    expect(cache.length).toBe(0);
  });

  it('is refused in training, and unless createCache made it', () => {
    const model = createModel(multiHeadAttention(causal));
    expect(() => model.apply(x, { training: true, cache: createCache() })).toThrow(
      /^model.apply: the context has a cache in training; use a cache for generation only/,
    );
    expect(() => model.apply(x, { cache: { length: 0 } as never })).toThrow(
      /^model.apply: cache is .*createCache/,
    );
    expect(() =>
      multiHeadAttention(causal).apply(model.params, x, { training: false, cache: createCache() }),
    ).toThrow(/^multiHeadAttention: a cache works within model.apply or model.predict only/);
  });
});

it('generates from ids one token at a time', async () => {
  const model = createModel(
    block(
      { tokens: embedding({ vocabularySize: 7, features: 4 }), body: transformerEncoderBlock(causal) },
      (l, ids: tf.Tensor) => l.body(l.tokens(ids)),
    ),
    { seed: 1 },
  );
  const ids = [3, 1, 6];
  const whole = model.predict(tf.tensor2d([ids], [1, 3], 'int32'));
  const cache = createCache();
  const steps = ids.map((id) => model.apply(tf.tensor2d([[id]], [1, 1], 'int32'), { cache }));
  await expectClose(tf.concat(steps, 1), whole, { absolute: 1e-5 });
  cache.clear();
});

it('sees nothing of later or hidden tokens, even NaN', async () => {
  const model = createModel(transformerEncoderBlock(causal), { seed: 2 });
  const changed = tf.concat([part(0, 3), tf.fill([2, 2, 4], Number.NaN)], 1);
  const mask = tf.tensor2d([1, 1, 1, 0, 0, 1, 1, 1, 0, 0], [2, 5]);
  const y = model.predict({ x: changed, mask });
  await expectClose(tf.slice(y, [0, 0, 0], [2, 3, 4]), model.predict(part(0, 3)), { absolute: 1e-5 });
});
