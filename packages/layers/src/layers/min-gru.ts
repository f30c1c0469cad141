import { assertOptions, count, flag, oneOf, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type Initializer, torchUniform } from '../initializers';
import { initializerKind } from '../initializers/initializer';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { addBias } from '../ops/add-bias';
import type { RecurrentOutput } from '../ops/recurrent';
import { addToFirst, scan } from '../ops/scan';
import { finish, readSequences, type SequenceInput, type SequenceOutput } from '../ops/sequence';

export interface MinGruOptions<S extends boolean = boolean> {
  /** Size of the input at one time step. */
  inFeatures: number;
  /** Size of the state. */
  units: number;
  /** The states to output; 'last' by default. */
  output?: RecurrentOutput;
  /** Whether to return the final state as well, as { y, state }; false by default. */
  returnState?: S;
  /** Initializer of the kernel; `torchUniform()` by default, ±1/√inFeatures, like the bias. */
  initializer?: Initializer;
}

/** The parameters of {@link minGru}. */
export interface MinGruParams {
  /** W [inFeatures, 2·units] of gate and candidate. */
  kernel: tf.Variable;
  /** b [2·units]. */
  bias: tf.Variable;
}

/**
 * Minimal gated recurrent unit (minGRU) over the second axis: gate and candidate depend on the input alone, so that all steps are
 * computed together, in about log₂ time passes instead of one a step.
 *
 * [z, h̃] = x_t·W + b; h_t = (1 − σ(z))·h_{t−1} + σ(z)·h̃
 *
 * @returns a layer from [batch, time, inFeatures], or { x, lengths?, state? }, to [batch, units], or [batch, time, units] for the
 *   output 'all'; with returnState, to { y, state }
 * @throws when an option is unknown or out of range, or the input is not at least one sequence of at least one step
 * @example
 * sequential([minGru({ inFeatures: 8, units: 16 }), dense({ inFeatures: 16, outFeatures: 1 })]);
 * @see Feng et al., "Were RNNs All We Needed?", 2024, https://arxiv.org/abs/2410.01201, section 3.1
 */
export function minGru<const S extends boolean = false>(
  options: MinGruOptions<S>,
): Layer<MinGruParams, tf.Tensor | SequenceInput, SequenceOutput<S>> {
  assertOptions<MinGruOptions>('minGru', options, {
    inFeatures: required(count),
    units: required(count),
    output: oneOf('all', 'last', 'mean'),
    returnState: flag,
    initializer: initializerKind,
  });
  const { inFeatures, units, output = 'last', returnState = false, initializer = torchUniform() } = options;
  return defineLayer('minGru', {
    init: (rng) => ({
      kernel: parameter([inFeatures, 2 * units], initializer, rng.fork('kernel')),
      bias: parameter([2 * units], torchUniform({ fanIn: inFeatures }), rng.fork('bias')),
    }),
    apply({ kernel, bias }, given) {
      const { x, lengths, state } = readSequences('minGru', given, inFeatures, { size: units });
      const [batch, time] = x.shape as [number, number];
      const rows = tf.reshape(x, [batch * time, inFeatures]);
      const product = addBias(tf.matMul(rows, kernel as tf.Tensor2D), bias);
      const [gate, candidate] = tf.split(tf.reshape(product, [batch, time, 2 * units]), 2, 2);
      const taken = tf.sigmoid(gate!);
      const kept = tf.sigmoid(tf.neg(gate!));
      let added: tf.Tensor = tf.mul(taken, candidate!);
      if (state) {
        const first = tf.reshape(tf.slice(kept, [0, 0, 0], [batch, 1, units]), [batch, units]);
        added = addToFirst(added, tf.mul(first, state));
      }
      return finish<S>(scan(kept, added), output, lengths, returnState);
    },
  });
}
