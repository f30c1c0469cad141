import { rrelu as activation } from '@tenfold/activations';
import { assertOptions, finite, showOptions } from '@tenfold/checks';
import { defineLayer } from '../model/define-layer';
import type { Layer, NoParams } from '../model/layer';
import { inputTensor } from '../ops/input-tensor';

export interface RreluLayerOptions {
  /** The smallest slope; a finite number, 1/8 by default. */
  lower?: number;
  /** The largest slope, at least `lower`; a finite number, 1/3 by default. */
  upper?: number;
}

/**
 * Randomized leaky rectified linear unit as a layer: in training each negative entry gets a slope drawn uniformly from a range;
 * afterwards all get its mean.
 *
 * f(x) = x where x > 0, a·x elsewhere, a ~ U(lower, upper) in training, (lower + upper) / 2 afterwards
 *
 * @returns a layer that keeps the shape
 * @throws when an option is unknown or not finite, or lower is above upper; in training, when the context has no `rng`
 * @example
 * sequential([dense({ inFeatures: 8, outFeatures: 8 }), rrelu({ lower: 0.1, upper: 0.3 })]);
 * @see Xu et al., "Empirical Evaluation of Rectified Activations in Convolutional Network", 2015,
 * https://arxiv.org/abs/1505.00853, section 2.4
 */
export function rrelu(options: RreluLayerOptions = {}): Layer<NoParams> {
  assertOptions('rrelu', options, { lower: finite, upper: finite });
  const { lower = 1 / 8, upper = 1 / 3 } = options;
  if (lower > upper) {
    throw new Error(`rrelu: ${showOptions(options, { lower, upper })}; give a lower that is at most upper`);
  }
  return defineLayer('rrelu', {
    init: () => ({}),
    apply: (_, x, { training, rng }) => activation(inputTensor('rrelu', x), { lower, upper, training, rng }),
  });
}
