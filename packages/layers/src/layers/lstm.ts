import { assertOptions, assertSize, count, finite, flag, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type Initializer, uniform } from '../initializers';
import { initializerKind } from '../initializers/initializer';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { lstmForward, lstmFromState } from '../ops/lstm-forward';
import { outputs, projectInputs, type RecurrentOptions } from '../ops/recurrent';
import { finish, readSequences, type SequenceInput, type SequenceOutput } from '../ops/sequence';

export interface LstmOptions<S extends boolean = boolean> extends RecurrentOptions<S> {
  /** Added to the initial bias of the forget gate; 1 helps a new network to remember. 0 by default, as in PyTorch. */
  forgetBias?: number;
}

/** The parameters of {@link lstm}. */
export interface LstmParams {
  /** W [inFeatures, 4·units] and b [4·units]. */
  input: { kernel: tf.Variable; bias: tf.Variable };
  /** U [units, 4·units]. */
  recurrent: { kernel: tf.Variable };
}

/**
 * Long short-term memory over the second axis, from an initial state of zeros unless there is another.
 *
 * [i, f, g, o] = x_t·W + b + h_{t−1}·U; c_t = σ(f)·c_{t−1} + σ(i)·tanh(g); h_t = σ(o)·tanh(c_t)
 *
 * The parameters are `input.kernel` W [inFeatures, 4·units], `input.bias` b [4·units] and `recurrent.kernel` U [units, 4·units],
 * with the gates in PyTorch's order. b is the sum of PyTorch's two biases.
 *
 * @returns a layer from [batch, time, inFeatures], or { x, lengths?, state?, cell? }, to [batch, units], or [batch, time, units] for
 *   the output 'all'; with returnState, to { y, state, cell }
 * @throws when an option is unknown or out of range, or the input is not at least one sequence of at least one step
 * @example
 * sequential([lstm({ inFeatures: 96, units: 64 }), dense({ inFeatures: 64, outFeatures: 10 })]);
 * @see Hochreiter, Schmidhuber, "Long Short-Term Memory", 1997; Gers, Schmidhuber, Cummins, "Learning to Forget", 2000
 */
export function lstm<const S extends boolean = false>(
  options: LstmOptions<S>,
): Layer<LstmParams, tf.Tensor | SequenceInput, SequenceOutput<S>> {
  assertOptions<LstmOptions>('lstm', options, {
    inFeatures: required(count),
    units: required(count),
    output: outputs,
    returnState: flag,
    forgetBias: finite,
    initializer: initializerKind,
    recurrentInitializer: initializerKind,
  });
  const { inFeatures, units, output = 'last', returnState = false, forgetBias = 0 } = options;
  assertSize('lstm', options, { units }, 'the values of all gates', 4 * units);
  const standard = uniform({ limit: 1 / Math.sqrt(units) });
  const { initializer = standard, recurrentInitializer = standard } = options;
  const bias: Initializer = (shape, rng) =>
    standard(shape, rng).map((b, i) => (i >= units && i < 2 * units ? b + forgetBias : b));
  return defineLayer('lstm', {
    init: (rng) => ({
      input: {
        kernel: parameter([inFeatures, 4 * units], initializer, rng.fork('input')),
        bias: parameter([4 * units], bias, rng.fork('bias')),
      },
      recurrent: { kernel: parameter([units, 4 * units], recurrentInitializer, rng.fork('recurrent')) },
    }),
    apply({ input, recurrent }, given) {
      const sequences = readSequences('lstm', given, inFeatures, { size: units, hasCell: true });
      const { x, lengths, state, cell } = sequences;
      const projected = projectInputs('lstm', x, input.kernel, input.bias);
      const batchFirst = (steps: tf.Tensor) => tf.transpose(steps, [1, 0, 2]);
      // The rule for all steps keeps the cells to itself.
      if (!state && !cell && !returnState) {
        return finish<S>(batchFirst(lstmForward(projected, recurrent.kernel)), output, lengths, false);
      }
      const { states, cells } = lstmFromState(projected, recurrent.kernel, state, cell);
      const values = batchFirst(states);
      return finish<S>(values, output, lengths, returnState, { state: values, cell: batchFirst(cells) });
    },
  });
}
