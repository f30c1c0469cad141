import { dropout as drop } from '@tenfold/regularizers';
import type { Layer } from '../model/layer';

/**
 * Dropout as a layer: in training each element is 0 with probability `rate` and 1/(1 − rate) times itself otherwise;
 * elsewhere everything passes.
 *
 * @param rate probability in [0, 1)
 * @example
 * sequential([dense({ inFeatures: 8, outFeatures: 8 }), relu, dropout({ rate: 0.1 })]);
 * @see Srivastava et al., "Dropout", 2014, http://jmlr.org/papers/v15/srivastava14a.html, section 4
 */
export function dropout({ rate }: { rate: number }): Layer {
  return { init: () => ({}), apply: (_, x, { training, rng }) => drop(x, { rate, rng, training }) };
}
