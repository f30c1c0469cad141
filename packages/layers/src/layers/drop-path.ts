import { assertOptions, fraction, required } from '@tenfold/checks';
import { dropPath as drop } from '@tenfold/regularizers';
import { defineLayer } from '../model/define-layer';
import type { Layer, NoParams } from '../model/layer';
import { inputTensor } from '../ops/input-tensor';

export interface DropPathOptions {
  /** Probability of dropping the branch of an example in training, in [0, 1). */
  rate: number;
}

/**
 * Stochastic depth as a layer: in training it sets the branch of random examples to 0 and scales the others by 1/(1 − rate);
 * afterwards it is the identity. Add the output to the residual connection.
 *
 * @returns a layer that keeps the shape [batch, …]
 * @throws when the rate is out of range; in training, when the context has no `rng`
 * @example
 * block({ mlp: dense({ inFeatures: 8, outFeatures: 8 }), drop: dropPath({ rate: 0.1 }) }, (l, x) => tf.add(x, l.drop(l.mlp(x))));
 * @see Huang et al., "Deep Networks with Stochastic Depth", 2016, https://arxiv.org/abs/1603.09382, section 3
 */
export function dropPath(options: DropPathOptions): Layer<NoParams> {
  assertOptions('dropPath', options, { rate: required(fraction) });
  const { rate } = options;
  return defineLayer('dropPath', {
    init: () => ({}),
    apply: (_, x, { training, rng }) => drop(inputTensor('dropPath', x), { rate, rng, training }),
  });
}
