import { assertOptions, fraction, required } from '@tenfold/checks';
import { dropout as drop } from '@tenfold/regularizers';
import type { Layer, NoParams } from '../model/layer';
import { inputTensor } from '../ops/input-tensor';

export interface DropoutLayerOptions {
  /** Probability that an element becomes 0 in training, in [0, 1). */
  rate: number;
}

/**
 * Dropout as a layer: in training each element is 0 with probability `rate` and 1/(1 − rate) times itself otherwise;
 * afterwards everything passes.
 *
 * @returns a layer that keeps the shape
 * @throws when the rate is out of its range; in training without the pass's `rng`
 * @example
 * sequential([dense({ inFeatures: 8, outFeatures: 8 }), relu, dropout({ rate: 0.1 })]);
 * @see Srivastava et al., "Dropout", 2014, http://jmlr.org/papers/v15/srivastava14a.html, section 4
 */
export function dropout(options: DropoutLayerOptions): Layer<NoParams> {
  assertOptions('dropout', options, { rate: required(fraction) });
  const { rate } = options;
  return {
    init: () => ({}),
    apply: (_, x, { training, rng }) => drop(inputTensor('dropout', x), { rate, rng, training }),
  };
}
