import { assertOptions, fraction, required } from '@tenfold/checks';
import { dropout as drop } from '@tenfold/regularizers';
import { defineLayer } from '../model/define-layer';
import type { Layer, NoParams } from '../model/layer';
import { inputTensor } from '../ops/input-tensor';

export interface DropoutLayerOptions {
  /** Probability of dropping an element in training, in [0, 1). */
  rate: number;
}

/**
 * Dropout as a layer: in training it sets random elements to 0 and scales the others by 1/(1 − rate); afterwards it is the
 * identity.
 *
 * @returns a layer that keeps the shape
 * @throws when the rate is out of range; in training, when the context has no `rng`
 * @example
 * sequential([dense({ inFeatures: 8, outFeatures: 8 }), relu, dropout({ rate: 0.1 })]);
 * @see Srivastava et al., "Dropout", 2014, http://jmlr.org/papers/v15/srivastava14a.html, section 4
 */
export function dropout(options: DropoutLayerOptions): Layer<NoParams> {
  assertOptions('dropout', options, { rate: required(fraction) });
  const { rate } = options;
  return defineLayer('dropout', {
    init: () => ({}),
    apply: (_, x, { training, rng }) => drop(inputTensor('dropout', x), { rate, rng, training }),
  });
}
