// Cross-attention with padding: a query looks up the value that belongs to its key, in memories of different lengths.
import '@tenfold/backend-simd';
import '@tenfold/gradients';
import { attention, block, createModel, dense } from '@tenfold/layers';
import { createRng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';

await tf.setBackend('simd');

const [KEYS, LONGEST, BATCH] = [6, 5, 64];
const network = block(
  {
    cross: attention({ features: 16, heads: 2, keyFeatures: KEYS + 1 }),
    query: dense({ inFeatures: KEYS, outFeatures: 16 }),
    head: dense({ inFeatures: 16, outFeatures: 1 }),
  },
  (l, { query, memory, mask }) => l.head(l.cross({ query: l.query(query), key: memory, mask })),
);
const model = createModel(network, { seed: 1 });

/** Queries [batch, 1, keys]; memories [batch, places, keys + 1] of a key and its value; what is past the length is padding. */
function batch(rng) {
  const [query, memory, mask, answers] = [[], [], [], []];
  for (let i = 0; i < BATCH; i++) {
    const length = 1 + rng.integer(LONGEST);
    const keys = [...Array(KEYS).keys()].sort(() => rng.uniform() - 0.5).slice(0, LONGEST);
    const values = keys.map(() => rng.uniform());
    const asked = rng.integer(length);
    memory.push(keys.map((key, j) => [...oneHot(key), j < length ? values[j] : 100]));
    mask.push(keys.map((_, j) => (j < length ? 1 : 0)));
    query.push([oneHot(keys[asked])]);
    answers.push([[values[asked]]]);
  }
  return {
    xs: { query: tf.tensor(query), memory: tf.tensor(memory), mask: tf.tensor(mask) },
    ys: tf.tensor(answers),
  };
}
const oneHot = (key) => Array.from({ length: KEYS }, (_, i) => (i === key ? 1 : 0));

const optimizer = tf.train.adam(0.01);
const rng = createRng(7);
const error = ({ xs, ys }) => tf.mean(tf.squaredDifference(ys, model.apply(xs, { training: true })));
for (let i = 0; i < 400; i++)
  tf.tidy(() => void optimizer.minimize(() => error(batch(rng)), false, Object.values(model.trainable())));
const [left] = tf.tidy(() => error(batch(createRng(8)))).dataSync();
console.log(`mean squared error ${left.toFixed(4)} of values in [0, 1), though padding holds 100`);
if (!(left < 0.02)) throw new Error('the values should be found by now');
