import * as tf from '@tensorflow/tfjs-core';
import { assertFraction } from './checks';
import { fused, fusedList } from './fused';
import { type Optimizer, perParameter, type RuleInput, type RuleOutput } from './optimizer';
import type { LearningRate } from './schedule';
import { type WeightDecayOptions, weightDecayOf } from './weight-decay';

export interface SgdOptions extends WeightDecayOptions {
  /** η ≥ 0, or a schedule of it. */
  learningRate: LearningRate;
  /** μ in [0, 1), how much of the last direction stays; 0 by default. */
  momentum?: number;
  /** Whether to look ahead along the momentum; false by default. */
  nesterov?: boolean;
  /** Whether the weights shrink beside the gradient and not as a part of it; false by default, as in PyTorch. */
  decoupled?: boolean;
}

/**
 * Stochastic gradient descent with momentum: a heavy ball rolls down the loss.
 *
 * g ← g + λ·θ, b ← μ·b + g, u = b, or g + μ·b with nesterov; θ ← θ − η·u
 *
 * decoupled: g stays as it is and θ ← θ − η·(u + λ·θ)
 *
 * With momentum it runs the kernel `SgdList`, or `Sgd` for each parameter, where the backend has it.
 *
 * @throws when a number is out of its range, or nesterov has no momentum to look along
 * @example
 * const optimizer = sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4, only: /kernel$/ });
 * @see Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013,
 *   https://proceedings.mlr.press/v28/sutskever13.html, section 2
 */
export function sgd({
  learningRate,
  momentum = 0,
  nesterov = false,
  decoupled = false,
  ...decay
}: SgdOptions): Optimizer {
  assertFraction('sgd', { momentum });
  if (nesterov && momentum === 0) {
    throw new Error('sgd: nesterov is true but momentum is 0; give a momentum such as 0.9');
  }
  const decayOf = weightDecayOf('sgd', decay);
  const together = (inputs: RuleInput[]): RuleOutput[] | undefined => {
    if (momentum === 0) return undefined;
    const weightDecays = inputs.map((input) => decayOf(input.name));
    const { learningRate = 0 } = inputs[0] ?? {};
    return sgdTogether(inputs, { learningRate, momentum, nesterov, weightDecays, decoupled });
  };
  const rule = (input: RuleInput): RuleOutput => {
    const { gradient, parameter, learningRate } = input;
    const weightDecay = decayOf(input.name);
    const before = input.slots.momentum;
    const compose = (): [update: tf.Tensor, momentum: tf.Tensor] => {
      const shrink = (direction: tf.Tensor) =>
        weightDecay === 0 ? direction : tf.add(direction, tf.mul(parameter, weightDecay));
      const g = decoupled ? gradient : shrink(gradient);
      const b = before ? tf.add(tf.mul(before, momentum), g) : g;
      const u = nesterov ? tf.add(g, tf.mul(b, momentum)) : b;
      return [tf.mul(decoupled ? shrink(u) : u, -learningRate), b];
    };
    const slots: { [slot: string]: tf.Tensor } = {};
    if (!before) return { update: compose()[0], slots };
    const inputs = { gradient, parameter, momentum: before };
    const attributes = { learningRate, momentum, nesterov, weightDecay, decoupled };
    const [update, b] = fused('Sgd', inputs, attributes, compose);
    return { update: update!, slots: { momentum: b! } };
  };
  return perParameter('sgd', momentum > 0 ? ['momentum'] : [], learningRate, rule, together);
}

/** One call of the kernel `SgdList`, or undefined where the backend does not have it. */
export function sgdTogether(inputs: RuleInput[], attributes: tf.NamedAttrMap): RuleOutput[] | undefined {
  const lists = [
    inputs.map(({ gradient }) => gradient),
    inputs.map(({ parameter }) => parameter),
    inputs.map(({ slots }) => slots.momentum!),
  ];
  const made = fusedList('SgdList', lists, attributes);
  return made?.map(([update, b]) => ({ update: update!, slots: { momentum: b! } }));
}
