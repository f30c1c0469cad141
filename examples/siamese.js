// A Siamese network: two inputs go through one encoder; points of one arm of the spirals come to lie near each other.
import { relu } from '@tenfold/activations';
import '@tenfold/backend-simd';
import '@tenfold/gradients';
import { block, createModel, dense, sequential } from '@tenfold/layers';
import { createRng } from '@tenfold/random';
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

/** Pairs of points on two rings, and whether both lie on the same. */
function pairs(rng, count) {
  const point = (ring) => {
    const angle = 2 * Math.PI * rng.uniform();
    return [(1 + ring) * Math.cos(angle), (1 + ring) * Math.sin(angle)];
  };
  const rings = Array.from({ length: count }, () => [rng.integer(2), rng.integer(2)]);
  const side = (i) => tf.tensor(rings.map((pair) => point(pair[i])));
  return { xs: { left: side(0), right: side(1) }, same: tf.tensor(rings.map(([a, b]) => (a === b ? 1 : 0))) };
}

// Contrastive loss: d² for a pair of one ring, max(0, 1 − d)² for one of two.
const loss = ({ xs, same }) => {
  const d = model.apply(xs, { training: true });
  return tf.mean(tf.add(tf.mul(same, tf.square(d)), tf.mul(tf.sub(1, same), tf.square(relu(tf.sub(1, d))))));
};
const [optimizer, rng] = [tf.train.adam(0.01), createRng(3)];
for (let i = 0; i < 200; i++)
  tf.tidy(() => void optimizer.minimize(() => loss(pairs(rng, 64)), false, Object.values(model.trainable())));
const { xs, same } = pairs(createRng(4), 500);
const right = tf
  .mean(tf.cast(tf.equal(tf.less(model.predict(xs), 0.5), tf.cast(same, 'bool')), 'float32'))
  .dataSync()[0];
console.log(`${(100 * right).toFixed(1)} % of pairs told right`);
if (!(right > 0.95)) throw new Error('nearly all pairs should be right by now');
