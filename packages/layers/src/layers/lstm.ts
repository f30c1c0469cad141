import type * as tf from '@tensorflow/tfjs-core';
import { type Initializer, uniform } from '../initializers';
import type { Layer } from '../model/layer';
import { assertSizes, parameter } from '../model/parameter';
import { child } from '../model/sequential';
import { lstmStates } from '../ops/lstm-states';
import {
  assertOutput,
  giveOutput,
  projectSteps,
  type RecurrentOptions,
  recurrentFlops,
} from '../ops/recurrent';

export interface LstmOptions extends RecurrentOptions {
  /** Added to the forget gate's first bias; 1 lets a new network remember. 0 by default, as in PyTorch. */
  forgetBias?: number;
}

/**
 * Long short-term memory over the second axis, from a state of zeros.
 *
 * [i, f, g, o] = x_t·W + b + h_{t−1}·U; c_t = σ(f)·c_{t−1} + σ(i)·tanh(g); h_t = σ(o)·tanh(c_t)
 *
 * The parameters are `input.kernel` W [inFeatures, 4·units], `input.bias` b [4·units] and `recurrent.kernel` U [units,
 * 4·units], with the gates in PyTorch's order (whose two biases add up to this one).
 *
 * @returns a layer from [batch, time, inFeatures] to [batch, units], or [batch, time, units] for the output 'all'
 * @throws when a size is not a positive integer, or the input is not such a batch of at least one step
 * @example
 * sequential([lstm({ inFeatures: 96, units: 64 }), dense({ inFeatures: 64, outFeatures: 10 })]);
 * @see Hochreiter, Schmidhuber, "Long Short-Term Memory", 1997; Gers, Schmidhuber, Cummins, "Learning to Forget", 2000
 */
export function lstm({
  inFeatures,
  units,
  output = 'last',
  forgetBias = 0,
  initializer,
  recurrentInitializer,
}: LstmOptions): Layer {
  assertSizes('lstm', { inFeatures, units });
  assertOutput('lstm', output);
  const standard = uniform({ limit: 1 / Math.sqrt(units) });
  const bias: Initializer = (shape, rng) =>
    standard(shape, rng).map((b, i) => (i >= units && i < 2 * units ? b + forgetBias : b));
  return {
    init: (rng) => ({
      input: {
        kernel: parameter([inFeatures, 4 * units], initializer ?? standard, rng.fork('input')),
        bias: parameter([4 * units], bias, rng.fork('bias')),
      },
      recurrent: {
        kernel: parameter([units, 4 * units], recurrentInitializer ?? standard, rng.fork('recurrent')),
      },
    }),
    apply(params, x, { countFlops }) {
      const [input, recurrent] = [child(params, 'input'), child(params, 'recurrent')];
      const projected = projectSteps('lstm', x, input.kernel as tf.Variable, input.bias as tf.Variable);
      countFlops?.('lstm', recurrentFlops(x, inFeatures, units, 4));
      return giveOutput(lstmStates(projected, recurrent.kernel as tf.Variable), output);
    },
  };
}
