import { assertOptions, fraction, required } from '@tenfold/checks';
import { dropPath as drop } from '@tenfold/regularizers';
import type { Layer, NoParams } from '../model/layer';
import { inputTensor } from '../ops/input-tensor';

export interface DropPathOptions {
  /** Probability that the branch of an example becomes 0 in training, in [0, 1). */
  rate: number;
}

/**
 * Stochastic depth: in training each example's branch is 0 with probability `rate` and 1/(1 − rate) times itself
 * otherwise; afterwards everything passes. Add the output to the residual connection.
 *
 * @returns a layer that keeps the shape [batch, …]
 * @throws when the rate is out of its range; in training without the pass's `rng`
 * @example
 * block({ mlp: dense({ inFeatures: 8, outFeatures: 8 }), drop: dropPath({ rate: 0.1 }) }, (l, x) => tf.add(x, l.drop(l.mlp(x))));
 * @see Huang et al., "Deep Networks with Stochastic Depth", 2016, https://arxiv.org/abs/1603.09382, section 3
 */
export function dropPath(options: DropPathOptions): Layer<NoParams> {
  assertOptions('dropPath', options, { rate: required(fraction) });
  const { rate } = options;
  return {
    init: () => ({}),
    apply: (_, x, { training, rng }) => drop(inputTensor('dropPath', x), { rate, rng, training }),
  };
}
