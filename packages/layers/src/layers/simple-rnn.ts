import { tanh } from '@tenfold/activations';
import { assertOptions, count, flag, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { uniform } from '../initializers';
import { initializerKind } from '../initializers/initializer';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { activate, activations, type LayerActivation } from '../ops/activate';
import { outputs, projectInputs, type RecurrentOptions } from '../ops/recurrent';
import { finish, readSequences, type SequenceInput, type SequenceOutput } from '../ops/sequence';

export interface SimpleRnnOptions<S extends boolean = boolean> extends RecurrentOptions<S> {
  /** Activation function of the state, such as `relu`; `tanh` by default. */
  activation?: LayerActivation;
}

/** The parameters of {@link simpleRnn}. */
export interface SimpleRnnParams {
  /** W [inFeatures, units] and b [units]. */
  input: { kernel: tf.Variable; bias: tf.Variable };
  /** U [units, units]. */
  recurrent: { kernel: tf.Variable };
}

/**
 * Simple recurrent network (Elman's) over the second axis.
 *
 * h_t = f(x_t·W + b + h_{t−1}·U), f = tanh
 *
 * The parameters are `input.kernel` W [inFeatures, units], `input.bias` b [units] and `recurrent.kernel` U [units, units]. b is the sum
 * of PyTorch's two biases.
 *
 * @returns a layer from [batch, time, inFeatures], or { x, lengths?, state? }, to [batch, units], or [batch, time, units] for the
 *   output 'all'; with returnState, to { y, state }
 * @throws when an option is unknown or out of range, or the input is not at least one sequence of at least one step
 * @example
 * sequential([simpleRnn({ inFeatures: 8, units: 16 }), dense({ inFeatures: 16, outFeatures: 1 })]);
 * @see Elman, "Finding Structure in Time", 1990
 */
export function simpleRnn<const S extends boolean = false>(
  options: SimpleRnnOptions<S>,
): Layer<SimpleRnnParams, tf.Tensor | SequenceInput, SequenceOutput<S>> {
  assertOptions<SimpleRnnOptions>('simpleRnn', options, {
    inFeatures: required(count),
    units: required(count),
    output: outputs,
    returnState: flag,
    activation: activations,
    initializer: initializerKind,
    recurrentInitializer: initializerKind,
  });
  const { inFeatures, units, output = 'last', returnState = false, activation = tanh } = options;
  const standard = uniform({ limit: 1 / Math.sqrt(units) });
  const { initializer = standard, recurrentInitializer = standard } = options;
  return defineLayer('simpleRnn', {
    init: (rng) => ({
      input: {
        kernel: parameter([inFeatures, units], initializer, rng.fork('input')),
        bias: parameter([units], standard, rng.fork('bias')),
      },
      recurrent: { kernel: parameter([units, units], recurrentInitializer, rng.fork('recurrent')) },
    }),
    apply({ input, recurrent }, given) {
      const sequences = readSequences('simpleRnn', given, inFeatures, { size: units });
      const projected = projectInputs('simpleRnn', sequences.x, input.kernel, input.bias);
      const states: tf.Tensor[] = [];
      let { state } = sequences;
      for (const step of tf.unstack(projected)) {
        const sum = state
          ? tf.add(step, tf.matMul(state as tf.Tensor2D, recurrent.kernel as tf.Tensor2D))
          : step;
        state = activate('simpleRnn', activation, sum);
        states.push(state);
      }
      return finish<S>(tf.stack(states, 1), output, sequences.lengths, returnState);
    },
  });
}
