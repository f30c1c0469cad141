import * as tf from '@tensorflow/tfjs-core';
import type { Layer } from '../model/layer';

/**
 * Stochastic depth: in training each example's branch is 0 with probability `rate` and 1/(1 − rate) times itself
 * otherwise; elsewhere everything passes. Add what it gives to the residual connection.
 *
 * @param rate probability in [0, 1)
 * @returns a layer that keeps the shape [batch, …]
 * @throws when the rate is out of its range; in training without the pass's `rng`
 * @example
 * block({ mlp: dense({ inFeatures: 8, outFeatures: 8 }), drop: dropPath({ rate: 0.1 }) }, (l, x) => tf.add(x, l.drop(l.mlp(x))));
 * @see Huang et al., "Deep Networks with Stochastic Depth", 2016, https://arxiv.org/abs/1603.09382, section 3
 */
export function dropPath({ rate }: { rate: number }): Layer {
  if (!(rate >= 0 && rate < 1)) throw new Error(`dropPath: rate is ${rate}; give a number in [0, 1)`);
  return {
    init: () => ({}),
    apply(_, x, { training, rng }) {
      if (!training || rate === 0) return x;
      if (!rng) throw new Error('dropPath: a training pass needs the rng of its context');
      const kept = Float32Array.from({ length: x.shape[0]! }, () =>
        rng.uniform() < rate ? 0 : 1 / (1 - rate),
      );
      return tf.tidy(() => tf.mul(x, tf.tensor(kept, [kept.length, ...x.shape.slice(1).map(() => 1)])));
    },
  };
}
