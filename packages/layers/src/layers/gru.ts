import type * as tf from '@tensorflow/tfjs-core';
import { uniform } from '../initializers';
import type { Layer } from '../model/layer';
import { assertSizes, parameter } from '../model/parameter';
import { child } from '../model/sequential';
import { gruStates } from '../ops/gru-states';
import {
  assertOutput,
  giveOutput,
  projectSteps,
  type RecurrentOptions,
  recurrentFlops,
} from '../ops/recurrent';

/**
 * Gated recurrent unit over the second axis, from a state of zeros.
 *
 * [r, z, n] = x_t·W + b, [r', z', n'] = h_{t−1}·U + [0, 0, b']; ρ = σ(r + r'), ζ = σ(z + z');
 * h_t = (1 − ζ)·tanh(n + ρ·n') + ζ·h_{t−1}
 *
 * The parameters are `input.kernel` W [inFeatures, 3·units], `input.bias` b [3·units], `recurrent.kernel` U [units,
 * 3·units] and `recurrent.bias` b' [units], with the gates in PyTorch's order (whose two biases of r and z add up to b).
 *
 * @returns a layer from [batch, time, inFeatures] to [batch, units], or [batch, time, units] for the output 'all'
 * @throws when a size is not a positive integer, or the input is not such a batch of at least one step
 * @example
 * sequential([gru({ inFeatures: 96, units: 64 }), dense({ inFeatures: 64, outFeatures: 10 })]);
 * @see Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014, https://arxiv.org/abs/1406.1078
 */
export function gru({
  inFeatures,
  units,
  output = 'last',
  initializer,
  recurrentInitializer,
}: RecurrentOptions): Layer {
  assertSizes('gru', { inFeatures, units });
  assertOutput('gru', output);
  const standard = uniform({ limit: 1 / Math.sqrt(units) });
  return {
    init: (rng) => ({
      input: {
        kernel: parameter([inFeatures, 3 * units], initializer ?? standard, rng.fork('input')),
        bias: parameter([3 * units], standard, rng.fork('bias')),
      },
      recurrent: {
        kernel: parameter([units, 3 * units], recurrentInitializer ?? standard, rng.fork('recurrent')),
        bias: parameter([units], standard, rng.fork('recurrentBias')),
      },
    }),
    apply(params, x, { countFlops }) {
      const [input, recurrent] = [child(params, 'input'), child(params, 'recurrent')];
      const projected = projectSteps('gru', x, input.kernel as tf.Variable, input.bias as tf.Variable);
      countFlops?.('gru', recurrentFlops(x, inFeatures, units, 3));
      const states = gruStates(projected, recurrent.kernel as tf.Variable, recurrent.bias as tf.Variable);
      return giveOutput(states, output);
    },
  };
}
