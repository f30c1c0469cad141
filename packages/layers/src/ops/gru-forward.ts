import { runKernel, withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { recurrentKernelGradient } from './recurrent';
import { canRunCells, sigmoidGradFromOutput, tanhGradFromOutput } from './recurrent-parts';

/** One time step and its gradient. */
interface Rule {
  /** The number of tensors that a step saves for its gradient. */
  kept: number;
  /** [h, ...kept] */
  step(
    input: tf.Tensor,
    product: tf.Tensor | undefined,
    bias: tf.Tensor,
    state: tf.Tensor | undefined,
  ): tf.Tensor[];
  /** [gradient of x_t·W + b, gradient of h_{t−1}·U, gradient of h_{t−1} outside the product] */
  gradient(dstate: tf.Tensor, kept: tf.Tensor[], state: tf.Tensor | undefined): tf.Tensor[];
}

/**
 * Computes all states of a GRU from its projected inputs, with the exact gradient; see `lstmForward`.
 *
 * Runs the kernels `GruCell` and `GruCellGrad` where the backend has them.
 *
 * @param projected x_t·W + b, [time, batch, 3·units]
 * @param kernel U, [units, 3·units]
 * @param bias b', [units]
 * @returns h_t, [time, batch, units]
 */
export function gruForward(projected: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const rule = canRunCells('GruCell', 'GruCellGrad') ? fused : composed;
  return withGradient([projected, kernel, bias], {
    forward() {
      const kept: tf.Tensor[][] = [];
      const states: tf.Tensor[] = [];
      for (const input of tf.unstack(projected)) {
        const previous = states.at(-1);
        const product = previous && tf.matMul(previous as tf.Tensor2D, kernel as tf.Tensor2D);
        const [state, ...rest] = rule.step(input, product, bias, previous);
        states.push(state!);
        kept.push(rest);
      }
      const value = tf.stack(states);
      return { value, saved: [kernel, value, ...kept.flat()] };
    },
    backward(dy, [kernel, states, ...kept]) {
      const dstates = tf.unstack(dy);
      const previous = tf.unstack(states!);
      const dinputs: tf.Tensor[] = [];
      const dproducts: tf.Tensor[] = [];
      let carried: tf.Tensor | undefined;
      for (let t = dstates.length - 1; t >= 0; t--) {
        const dstate = carried ? tf.add(dstates[t]!, carried) : dstates[t]!;
        const saved = kept.slice(t * rule.kept, (t + 1) * rule.kept);
        const [dinput, dproduct, direct] = rule.gradient(dstate, saved, previous[t - 1]);
        dinputs.unshift(dinput!);
        dproducts.unshift(dproduct!);
        if (t > 0) {
          const through = tf.matMul(dproduct as tf.Tensor2D, kernel as tf.Tensor2D, false, true);
          carried = tf.add(direct!, through);
        }
      }
      const units = states!.shape[2]!;
      const stacked = tf.stack(dproducts); // [time, batch, 3·units]
      const ofCandidate = tf.slice(stacked, [0, 0, 2 * units], [-1, -1, units]);
      return [tf.stack(dinputs), recurrentKernelGradient(states!, stacked), tf.sum(ofCandidate, [0, 1])];
    },
  });
}

// Saves [[ρ, ζ, tanh(n + ρ·n')], n'].
const fused: Rule = {
  kept: 2,
  step: (input, product, bias, state) => runKernel('GruCell', { input, product, bias, state }, {}),
  gradient: (dstate, [gates, recurrent], state) =>
    runKernel('GruCellGrad', { dstate, gates: gates!, recurrent: recurrent!, state }, {}),
};

// Saves [ρ, ζ, tanh(n + ρ·n'), n'].
const composed: Rule = {
  kept: 4,
  step: (input, product, bias, state) =>
    tf.tidy(() => {
      const [batch, units] = [input.shape[0]!, input.shape[1]! / 3];
      const sliceGates = (x: tf.Tensor) => tf.slice(x, [0, 0], [batch, 2 * units]);
      const sliceCandidate = (x: tf.Tensor) => tf.slice(x, [0, 2 * units], [batch, units]);
      const gates = tf.sigmoid(product ? tf.add(sliceGates(input), sliceGates(product)) : sliceGates(input));
      const recurrent = product
        ? tf.add(sliceCandidate(product), bias)
        : tf.tile(tf.reshape(bias, [1, units]), [batch, 1]);
      const [reset, update] = tf.split(gates, 2, 1);
      const candidate = tf.tanh(tf.add(sliceCandidate(input), tf.mul(reset!, recurrent)));
      const moved = state
        ? tf.add(candidate, tf.mul(update!, tf.sub(state, candidate)))
        : tf.mul(tf.sub(1, update!), candidate);
      return [moved, reset!, update!, candidate, recurrent];
    }),
  gradient: (dstate, [reset, update, candidate, recurrent], state) =>
    tf.tidy(() => {
      const difference = state ? tf.sub(state, candidate!) : tf.neg(candidate!);
      const dupdate = tf.mul(tf.mul(dstate, difference), sigmoidGradFromOutput(update!));
      const dcandidate = tf.mul(tf.mul(dstate, tf.sub(1, update!)), tanhGradFromOutput(candidate!));
      const dreset = tf.mul(tf.mul(dcandidate, recurrent!), sigmoidGradFromOutput(reset!));
      const dinput = tf.concat([dreset, dupdate, dcandidate], 1);
      const dproduct = tf.concat([dreset, dupdate, tf.mul(dcandidate, reset!)], 1);
      return [dinput, dproduct, tf.mul(dstate, update!)];
    }),
};

/**
 * The same from an initial state, with each step on the tape.
 *
 * @param state h_{−1}, [batch, units]
 * @returns h_t, [time, batch, units]
 */
export function gruFromState(
  projected: tf.Tensor,
  kernel: tf.Tensor,
  bias: tf.Tensor,
  state: tf.Tensor,
): tf.Tensor {
  const states: tf.Tensor[] = [];
  for (const input of tf.unstack(projected)) {
    const previous = states.at(-1) ?? state;
    const product = tf.matMul(previous as tf.Tensor2D, kernel as tf.Tensor2D);
    states.push(composed.step(input, product, bias, previous)[0]!);
  }
  return tf.stack(states);
}
