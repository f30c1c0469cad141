import { assertOptions, between, nonNegative, positive } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer';
import { perParameter } from './per-parameter';
import { type LearningRate, learningRateKind } from './schedule';
import type { Slot, SlotRange } from './slot';
import { norm } from './trust-ratio';
import { type WeightDecayOptions, weightDecayKinds } from './weight-decay';

export interface AdafactorOptions extends WeightDecayOptions {
  /** η ≥ 0, the largest relative step, a number or a schedule; 0.01 by default. */
  learningRate?: LearningRate | undefined;
  /** A power from −10 to 0: the t-th mean of squares has the decay rate 1 − t^beta2Decay; −0.8 by default. */
  beta2Decay?: number | undefined;
  /** ε₁ > 0, the root of the smallest mean of squares; 2⁻²³, the precision of float32, by default. */
  epsilon1?: number | undefined;
  /** ε₂ ≥ 0, the smallest root mean square of a parameter that steps are relative to; 1e-3 by default. */
  epsilon2?: number | undefined;
  /** d > 0, the largest root mean square of a step before it is scaled; 1 by default. */
  clip?: number | undefined;
}

/**
 * Adafactor: keeps the mean of squares of a matrix as its means over rows and over columns, which needs little memory, and takes
 * steps that are relative to the parameter.
 *
 * r ← r + t^b·(mean of g² over the last axis − r), c alike over the axis before, v = r·c/mean(r) for b = beta2Decay;
 * u = g/√max(v, ε₁²), α = max(ε₂, RMS(θ))·min(η, 1/√t), θ ← θ·(1 − η·λ) − α·u/max(1, RMS(u)/d) for the t-th gradient of θ
 *
 * A parameter of rank below 2 has all of v, in the slot `row`. For higher ranks the last two axes are factored, inputs and outputs of
 * a layer; in PyTorch, whose convolution kernels have other axes, it is height and width.
 *
 * @returns an optimizer with the slots `row` and `column`
 * @throws when an option is unknown or out of range; `init` throws when `only` matches no parameter
 * @example
 * const optimizer = adafactor({ learningRate: 0.01 });
 * @see Shazeer, Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", 2018, https://arxiv.org/abs/1804.04235,
 *   algorithms 4 and 5; minimum and defaults are PyTorch's
 */
export function adafactor(options: AdafactorOptions = {}): Optimizer {
  assertOptions('adafactor', options, {
    learningRate: learningRateKind,
    beta2Decay: between(-10, 0),
    epsilon1: positive,
    epsilon2: nonNegative,
    clip: positive,
    ...weightDecayKinds,
  });
  const { learningRate = 0.01, beta2Decay = -0.8, epsilon1 = 2 ** -23, epsilon2 = 1e-3, clip = 1 } = options;
  const range: SlotRange = [0, Number.POSITIVE_INFINITY];
  const row: Slot = { range, start: (p) => tf.zeros(p.rank < 2 ? p.shape : [...p.shape.slice(0, -1), 1]) };
  const column: Slot = {
    range,
    start: ({ shape, rank }) => tf.zeros(rank < 2 ? [] : [...shape.slice(0, -2), 1, shape.at(-1)!]),
  };
  const rms = (x: tf.Tensor) => tf.div(norm(x), Math.sqrt(Math.max(1, x.size)));
  return perParameter({
    name: 'adafactor',
    learningRate,
    weightDecay: options.weightDecay,
    only: options.only,
    countsSteps: true,
    slots: { row, column },
    rule({ gradient: g, parameter, slots, step, learningRate: rate }) {
      const t = step + 1;
      const share = t ** beta2Decay;
      const average = (old: tf.Tensor, x: tf.Tensor) => tf.add(tf.mul(old, 1 - share), tf.mul(x, share));
      const squares = tf.square(g);
      const isFactored = g.rank >= 2;
      const r = average(slots.row, isFactored ? tf.mean(squares, -1, true) : squares);
      const c = isFactored ? average(slots.column, tf.mean(squares, -2, true)) : slots.column;
      // Divided first: the product of two means of squares exceeds float32 from a gradient of 4e9 on.
      const v = isFactored ? tf.mul(r, tf.div(c, tf.maximum(tf.mean(r, -2, true), epsilon1))) : r;
      const u = tf.div(g, tf.maximum(tf.sqrt(v), epsilon1));
      const scale = tf.div(tf.maximum(rms(parameter), epsilon2), tf.maximum(tf.div(rms(u), clip), 1));
      return {
        update: tf.mul(u, tf.mul(scale, -Math.min(rate, 1 / Math.sqrt(t)))),
        slots: { row: r, column: c },
      };
    },
  });
}
