// Cross-attention with padding: a query looks up the value of its key in memories of different lengths.
import '@tenfold/backend-simd';
import '@tenfold/gradients';
import { attention, block, createModel, dense } from '@tenfold/layers';
import { meanSquaredError } from '@tenfold/losses';
import { adam } from '@tenfold/optimizers';
import { createRng } from '@tenfold/random';
import { step } from '@tenfold/training';
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

/** Queries [batch, 1, keys], and memories [batch, places, keys + 1] with a key and its value in each place, padded at the end. */
function batch(rng) {
  const [query, memory, mask, answers] = [[], [], [], []];
  for (let i = 0; i < BATCH; i++) {
    const length = 1 + rng.integer(LONGEST);
    const keys = [...Array(KEYS).keys()].sort(() => rng.uniform() - 0.5).slice(0, LONGEST);
    const [values, target] = [keys.map(() => rng.uniform()), rng.integer(length)];
    memory.push(keys.map((key, j) => [...oneHot(key), j < length ? values[j] : 100]));
    mask.push(keys.map((_, j) => (j < length ? 1 : 0)));
    query.push([oneHot(keys[target])]);
    answers.push([[values[target]]]);
  }
  return { xs: { query: tf.tensor(query), memory: tf.tensor(memory), mask: tf.tensor(mask) }, ys: answers };
}
const oneHot = (key) => Array.from({ length: KEYS }, (_, i) => (i === key ? 1 : 0));

const [optimizer, rng] = [adam({ learningRate: 0.01 }), createRng(7)];
const error = ({ xs, ys }) => meanSquaredError(tf.tensor(ys), model.predict(xs));
for (let i = 0; i < 400; i++) tf.dispose(step(model, optimizer, () => error(batch(rng))));
const testError = error(batch(createRng(8))).dataSync()[0];
console.log(`mean squared error ${testError.toFixed(4)} for values in [0, 1), although the padding is 100`);
if (!(testError < 0.02)) throw new Error('the network should find the values by now');
