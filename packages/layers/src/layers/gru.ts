import { assertOptions, assertSize, count, flag, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { uniform } from '../initializers';
import { initializerKind } from '../initializers/initializer';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { gruForward, gruFromState } from '../ops/gru-forward';
import { outputs, projectInputs, type RecurrentOptions } from '../ops/recurrent';
import { finish, readSequences, type SequenceInput, type SequenceOutput } from '../ops/sequence';

/** The parameters of {@link gru}. */
export interface GruParams {
  /** W [inFeatures, 3·units] and b [3·units]. */
  input: { kernel: tf.Variable; bias: tf.Variable };
  /** U [units, 3·units] and b' [units]. */
  recurrent: { kernel: tf.Variable; bias: tf.Variable };
}

/**
 * Gated recurrent unit over the second axis, from an initial state of zeros unless there is another.
 *
 * [r, z, n] = x_t·W + b, [r', z', n'] = h_{t−1}·U + [0, 0, b']; ρ = σ(r + r'), ζ = σ(z + z');
 * h_t = (1 − ζ)·tanh(n + ρ·n') + ζ·h_{t−1}
 *
 * The parameters are `input.kernel` W [inFeatures, 3·units], `input.bias` b [3·units], `recurrent.kernel` U [units, 3·units] and
 * `recurrent.bias` b' [units], with the gates in PyTorch's order. b is the sum of PyTorch's two biases for r and z.
 *
 * @returns a layer from [batch, time, inFeatures], or { x, lengths?, state? }, to [batch, units], or [batch, time, units] for the
 *   output 'all'; with returnState, to { y, state }
 * @throws when an option is unknown or out of range, or the input is not at least one sequence of at least one step
 * @example
 * sequential([gru({ inFeatures: 96, units: 64 }), dense({ inFeatures: 64, outFeatures: 10 })]);
 * @see Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014, https://arxiv.org/abs/1406.1078
 */
export function gru<const S extends boolean = false>(
  options: RecurrentOptions<S>,
): Layer<GruParams, tf.Tensor | SequenceInput, SequenceOutput<S>> {
  assertOptions<RecurrentOptions>('gru', options, {
    inFeatures: required(count),
    units: required(count),
    output: outputs,
    returnState: flag,
    initializer: initializerKind,
    recurrentInitializer: initializerKind,
  });
  const { inFeatures, units, output = 'last', returnState = false } = options;
  assertSize('gru', options, { units }, 'the values of all gates', 3 * units);
  const standard = uniform({ limit: 1 / Math.sqrt(units) });
  const { initializer = standard, recurrentInitializer = standard } = options;
  return defineLayer('gru', {
    init: (rng) => ({
      input: {
        kernel: parameter([inFeatures, 3 * units], initializer, rng.fork('input')),
        bias: parameter([3 * units], standard, rng.fork('bias')),
      },
      recurrent: {
        kernel: parameter([units, 3 * units], recurrentInitializer, rng.fork('recurrent')),
        bias: parameter([units], standard, rng.fork('recurrentBias')),
      },
    }),
    apply({ input, recurrent }, given) {
      const { x, lengths, state } = readSequences('gru', given, inFeatures, { size: units });
      const projected = projectInputs('gru', x, input.kernel, input.bias);
      const states = state
        ? gruFromState(projected, recurrent.kernel, recurrent.bias, state)
        : gruForward(projected, recurrent.kernel, recurrent.bias);
      return finish<S>(tf.transpose(states, [1, 0, 2]), output, lengths, returnState);
    },
  });
}
