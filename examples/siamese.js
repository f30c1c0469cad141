// A Siamese network: two inputs pass through a shared encoder, which maps points of the same ring close to each other.
import { relu } from '@tenfold/activations';
import '@tenfold/backend-simd';
import '@tenfold/gradients';
import { block, createModel, dense, sequential } from '@tenfold/layers';
import { binaryAccuracy } from '@tenfold/metrics';
import { adam } from '@tenfold/optimizers';
import { createRng } from '@tenfold/random';
import { step } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';

await tf.setBackend('simd');

const encoder = sequential([
  dense({ inFeatures: 2, outFeatures: 32, activation: relu }),
  dense({ inFeatures: 32, outFeatures: 32, activation: relu }),
  dense({ inFeatures: 32, outFeatures: 4 }),
]);
const distance = block({ encoder }, (l, { left, right }) =>
  tf.sqrt(tf.add(tf.sum(tf.squaredDifference(l.encoder(left), l.encoder(right)), 1), 1e-6)),
);
const model = createModel(distance, { seed: 1 });

/** Pairs of points on two rings, and whether both are on the same ring. */
function pairs(rng, count) {
  const point = (ring) => {
    const angle = 2 * Math.PI * rng.uniform();
    return [(1 + ring) * Math.cos(angle), (1 + ring) * Math.sin(angle)];
  };
  const rings = Array.from({ length: count }, () => [rng.integer(2), rng.integer(2)]);
  const side = (i) => tf.tensor(rings.map((pair) => point(pair[i])));
  return { xs: { left: side(0), right: side(1) }, same: tf.tensor(rings.map(([a, b]) => (a === b ? 1 : 0))) };
}

// Contrastive loss: d² for a pair on the same ring, max(0, 1 − d)² for a pair on different rings.
const loss = ({ xs, same }) => {
  const d = model.predict(xs);
  return tf.mean(tf.add(tf.mul(same, tf.square(d)), tf.mul(tf.sub(1, same), tf.square(relu(tf.sub(1, d))))));
};
const [optimizer, rng] = [adam({ learningRate: 0.01 }), createRng(3)];
for (let i = 0; i < 200; i++) tf.dispose(step(model, optimizer, () => loss(pairs(rng, 64))));
const { xs, same } = pairs(createRng(4), 500);
const accuracy = await binaryAccuracy(same, tf.sub(0.5, model.predict(xs)), { threshold: 0 });
console.log(`${(100 * accuracy).toFixed(1)} % of pairs classified correctly`);
if (!(accuracy > 0.95)) throw new Error('nearly all pairs should be classified correctly by now');
