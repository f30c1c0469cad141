import { runKernel, withGradient } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { recurrentKernelGradient } from './recurrent';
import { canRunCells, sigmoidGradFromOutput, tanhGradFromOutput } from './recurrent-parts';

/** One time step and its gradient. */
interface Rule {
  /** The number of tensors that a step saves for its gradient, and the index of the cell c among them. */
  kept: number;
  cell: number;
  /** [h, ...kept] */
  step(input: tf.Tensor, product: tf.Tensor | undefined, cell: tf.Tensor | undefined): tf.Tensor[];
  /** [gradient of the gates' sums, gradient of c_{t−1}] */
  gradient(
    dstate: tf.Tensor,
    dnext: tf.Tensor | undefined,
    kept: tf.Tensor[],
    previous: tf.Tensor | undefined,
  ): tf.Tensor[];
}

/**
 * Computes all states of an LSTM from its projected inputs, with the exact gradient. Backpropagation through time is one rule, so
 * that the gradient of the recurrent kernel is one product over all steps instead of one per step.
 *
 * Runs the kernels `LstmCell` and `LstmCellGrad` where the backend has them.
 *
 * @param projected x_t·W + b, [time, batch, 4·units]
 * @param kernel U, [units, 4·units]
 * @returns h_t, [time, batch, units]
 */
export function lstmForward(projected: tf.Tensor, kernel: tf.Tensor): tf.Tensor {
  const rule = canRunCells('LstmCell', 'LstmCellGrad') ? fused : composed;
  return withGradient([projected, kernel], {
    forward() {
      const steps: tf.Tensor[][] = [];
      const states: tf.Tensor[] = [];
      for (const input of tf.unstack(projected)) {
        const previous = states.at(-1);
        const product = previous && tf.matMul(previous as tf.Tensor2D, kernel as tf.Tensor2D);
        const [state, ...kept] = rule.step(input, product, steps.at(-1)?.[rule.cell]);
        states.push(state!);
        steps.push(kept);
      }
      const value = tf.stack(states);
      return { value, saved: [kernel, value, ...steps.flat()] };
    },
    backward(dy, [kernel, states, ...kept]) {
      const dstates = tf.unstack(dy);
      const dinputs: tf.Tensor[] = [];
      let [dstate, dcell]: (tf.Tensor | undefined)[] = [];
      for (let t = dstates.length - 1; t >= 0; t--) {
        const total = dstate ? tf.add(dstates[t]!, dstate) : dstates[t]!;
        const saved = kept.slice(t * rule.kept, (t + 1) * rule.kept);
        const previousCell = t > 0 ? kept[(t - 1) * rule.kept + rule.cell] : undefined;
        const [dinput, carried] = rule.gradient(total, dcell, saved, previousCell);
        dinputs.unshift(dinput!);
        dcell = carried;
        if (t > 0) dstate = tf.matMul(dinput as tf.Tensor2D, kernel as tf.Tensor2D, false, true);
      }
      const dprojected = tf.stack(dinputs);
      return [dprojected, recurrentKernelGradient(states!, dprojected)];
    },
  });
}

// Saves [gates, c, tanh(c)].
const fused: Rule = {
  kept: 3,
  cell: 1,
  step: (input, product, cell) => runKernel('LstmCell', { input, product, cell }, {}),
  gradient: (dstate, dcell, [gates, , tanhCell], cell) =>
    runKernel('LstmCellGrad', { dstate, dcell, gates: gates!, tanhCell: tanhCell!, cell }, {}),
};

// Saves [σ([i, f]), tanh(g), σ(o), c, tanh(c)].
const composed: Rule = {
  kept: 5,
  cell: 3,
  step: (input, product, cell) =>
    tf.tidy(() => {
      const sum = product ? tf.add(input, product) : input;
      const [batch, units] = [sum.shape[0]!, sum.shape[1]! / 4];
      const gates = tf.sigmoid(tf.slice(sum, [0, 0], [batch, 2 * units]));
      const candidate = tf.tanh(tf.slice(sum, [0, 2 * units], [batch, units]));
      const out = tf.sigmoid(tf.slice(sum, [0, 3 * units], [batch, units]));
      const [take, keep] = tf.split(gates, 2, 1);
      const taken = tf.mul(take!, candidate);
      const next = cell ? tf.add(tf.mul(keep!, cell), taken) : taken;
      const tanhCell = tf.tanh(next);
      return [tf.mul(out, tanhCell), gates, candidate, out, next, tanhCell];
    }),
  gradient: (dstate, dnext, [gates, candidate, out, , tanhCell], previous) =>
    tf.tidy(() => {
      const [take, keep] = tf.split(gates!, 2, 1);
      const throughOutput = tf.mul(tf.mul(dstate, out!), tanhGradFromOutput(tanhCell!));
      const dcell = dnext ? tf.add(throughOutput, dnext) : throughOutput;
      const dgates = [
        tf.mul(tf.mul(dcell, candidate!), sigmoidGradFromOutput(take!)),
        previous ? tf.mul(tf.mul(dcell, previous), sigmoidGradFromOutput(keep!)) : tf.zerosLike(keep!),
        tf.mul(tf.mul(dcell, take!), tanhGradFromOutput(candidate!)),
        tf.mul(tf.mul(dstate, tanhCell!), sigmoidGradFromOutput(out!)),
      ];
      return [tf.concat(dgates, 1), tf.mul(dcell, keep!)];
    }),
};

/**
 * The same from an initial state, or with the cells as well, with each step on the tape.
 *
 * @param state h_{−1}, and cell c_{−1}: [batch, units], 0 where they are missing
 * @returns h_t and c_t, [time, batch, units]
 */
export function lstmFromState(
  projected: tf.Tensor,
  kernel: tf.Tensor,
  state: tf.Tensor | undefined,
  cell: tf.Tensor | undefined,
): { states: tf.Tensor; cells: tf.Tensor } {
  const [states, cells]: [tf.Tensor[], tf.Tensor[]] = [[], []];
  for (const input of tf.unstack(projected)) {
    const previous = states.at(-1) ?? state;
    const product = previous && tf.matMul(previous as tf.Tensor2D, kernel as tf.Tensor2D);
    const [h, ...kept] = composed.step(input, product, cells.at(-1) ?? cell);
    states.push(h!);
    cells.push(kept[composed.cell]!);
  }
  return { states: tf.stack(states), cells: tf.stack(cells) };
}
