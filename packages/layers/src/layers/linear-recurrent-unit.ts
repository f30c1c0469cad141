import { assertOptions, between, count, flag, oneOf, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type Initializer, normal } from '../initializers';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import type { RecurrentOutput } from '../ops/recurrent';
import { addToFirst, complexScan, complexTimes } from '../ops/scan';
import { finish, readSequences, type SequenceInput, type SequenceOutput } from '../ops/sequence';

export interface LinearRecurrentUnitOptions<S extends boolean = boolean> {
  /** Size of the input and of the output at one time step. */
  inFeatures: number;
  /** Number of complex states. */
  units: number;
  /** The outputs to return; 'all' by default, because several such layers are stacked. */
  output?: RecurrentOutput;
  /** Whether to return the final state as well, as { y, state }; false by default. */
  returnState?: S;
  /** Least absolute value of λ at the start, in [0, 1); 0 by default. */
  minRadius?: number;
  /** Largest absolute value of λ at the start, above minRadius and below 1; 0.99 by default. Near 1 for long memories. */
  maxRadius?: number;
  /** Largest phase of λ at the start, in radians, from 0.001 to 2π; 2π by default. */
  maxPhase?: number;
}

/** The parameters of {@link linearRecurrentUnit}. */
export interface LinearRecurrentUnitParams {
  /** log ν with |λ| = e^(−ν), [units]. */
  logDecay: tf.Variable;
  /** log θ with the phase θ of λ, [units]. */
  logPhase: tf.Variable;
  /** log γ, which scales the input of each state, [units]. */
  logScale: tf.Variable;
  /** B as [Re, Im], [2, inFeatures, units]. */
  inputKernel: tf.Variable;
  /** C as [Re, Im], [2, units, inFeatures]. */
  outputKernel: tf.Variable;
  /** D, the direct path, [inFeatures]. */
  direct: tf.Variable;
}

/**
 * Linear recurrent unit (LRU) over the second axis: complex states without a nonlinearity, computed for all steps together in about
 * log₂ time passes.
 *
 * h_t = λ·h_{t−1} + γ·(x_t·B), y_t = Re(h_t·C) + D·x_t, λ = e^(−e^logDecay + i·e^logPhase), γ = e^logScale, which starts at √(1 − |λ|²)
 *
 * The state of an input and of a result has the real parts, then the imaginary ones: [batch, 2·units].
 *
 * @returns a layer from [batch, time, inFeatures], or { x, lengths?, state? }, to the same shape, or [batch, inFeatures] for the output
 *   'last' or 'mean'; with returnState, to { y, state }
 * @throws when an option is unknown or out of range, or the input is not at least one sequence of at least one step
 * @example
 * sequential([linearRecurrentUnit({ inFeatures: 8, units: 16 }), gelu, linearRecurrentUnit({ inFeatures: 8, units: 16, output: 'last' })]);
 * @see Orvieto et al., "Resurrecting Recurrent Neural Networks for Long Sequences", 2023, https://arxiv.org/abs/2303.06349, appendix A
 */
export function linearRecurrentUnit<const S extends boolean = false>(
  options: LinearRecurrentUnitOptions<S>,
): Layer<LinearRecurrentUnitParams, tf.Tensor | SequenceInput, SequenceOutput<S>> {
  assertOptions<LinearRecurrentUnitOptions>('linearRecurrentUnit', options, {
    inFeatures: required(count),
    units: required(count),
    output: oneOf('all', 'last', 'mean'),
    returnState: flag,
    minRadius: between(0, 0.9999),
    maxRadius: between(0.0001, 0.9999),
    maxPhase: between(0.001, 6.2832),
  });
  const { inFeatures, units, output = 'all', returnState = false } = options;
  const { minRadius = 0, maxRadius = 0.99, maxPhase = 2 * Math.PI } = options;
  if (minRadius >= maxRadius) {
    throw new Error(
      `linearRecurrentUnit: minRadius is ${minRadius} and maxRadius is ${maxRadius}; give a larger maxRadius`,
    );
  }
  /** log ν of radii that are uniform in the area of the ring. */
  const decays: Initializer = ([n], rng) =>
    rng.fillUniform(new Float32Array(n!)).map((u) => {
      const square = u * (maxRadius ** 2 - minRadius ** 2) + minRadius ** 2;
      return Math.log(-0.5 * Math.log(Math.max(square, 1e-8)));
    });
  const phases: Initializer = ([n], rng) =>
    rng.fillUniform(new Float32Array(n!)).map((u) => Math.log(Math.max(u, 1e-4) * maxPhase));
  return defineLayer('linearRecurrentUnit', {
    init(rng) {
      const starts = decays([units], rng.fork('decay'));
      const scales = () => starts.map((v) => 0.5 * Math.log(1 - Math.exp(-2 * Math.exp(v))));
      return {
        logDecay: parameter([units], () => starts, rng),
        logPhase: parameter([units], phases, rng.fork('phase')),
        logScale: parameter([units], scales, rng),
        inputKernel: parameter(
          [2, inFeatures, units],
          normal({ standardDeviation: 1 / Math.sqrt(2 * inFeatures) }),
          rng.fork('inputKernel'),
        ),
        outputKernel: parameter(
          [2, units, inFeatures],
          normal({ standardDeviation: 1 / Math.sqrt(units) }),
          rng.fork('outputKernel'),
        ),
        direct: parameter([inFeatures], normal({ standardDeviation: 1 }), rng.fork('direct')),
      };
    },
    apply(params, given) {
      const size = 2 * units;
      const { x, lengths, state } = readSequences('linearRecurrentUnit', given, inFeatures, { size });
      const [batch, time] = x.shape as [number, number];
      const radius = tf.exp(tf.neg(tf.exp(params.logDecay)));
      const phase = tf.exp(params.logPhase);
      const factor = [tf.mul(radius, tf.cos(phase)), tf.mul(radius, tf.sin(phase))] as const;
      const rows = tf.reshape(x, [batch * time, inFeatures]) as tf.Tensor2D;
      const scale = tf.exp(params.logScale);
      let inputs = tf
        .unstack(params.inputKernel)
        .map((kernel) =>
          tf.reshape(tf.mul(tf.matMul(rows, kernel as tf.Tensor2D), scale), [batch, time, units]),
        ) as [tf.Tensor, tf.Tensor];
      if (state) {
        const [re, im] = tf.split(state, 2, 1) as [tf.Tensor, tf.Tensor];
        const [addedRe, addedIm] = complexTimes(factor, [re, im]);
        inputs = [addToFirst(inputs[0], addedRe), addToFirst(inputs[1], addedIm)];
      }
      const [re, im] = complexScan(factor, inputs);
      const [outRe, outIm] = tf.unstack(params.outputKernel) as [tf.Tensor2D, tf.Tensor2D];
      const flat = (part: tf.Tensor): tf.Tensor2D => tf.reshape(part, [batch * time, units]);
      const mixed = tf.sub(tf.matMul(flat(re), outRe), tf.matMul(flat(im), outIm));
      const y = tf.add(tf.reshape(mixed, [batch, time, inFeatures]), tf.mul(x, params.direct));
      return finish<S>(y, output, lengths, returnState, { state: tf.concat([re, im], 2) });
    },
  });
}
