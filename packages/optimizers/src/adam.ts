import * as tf from '@tensorflow/tfjs-core';
import { assertFraction, assertPositive } from './checks';
import { fused, fusedList } from './fused';
import { type Optimizer, perParameter, type RuleInput, type RuleOutput } from './optimizer';
import type { LearningRate } from './schedule';

export interface AdamOptions {
  /** η ≥ 0, or a schedule of it; 1e-3 by default. */
  learningRate?: LearningRate;
  /** Decay of the mean of gradients, in [0, 1); 0.9 by default. */
  beta1?: number;
  /** Decay of the mean of squared gradients, in [0, 1); 0.999 by default. */
  beta2?: number;
  /** Added to the denominator, > 0; 1e-8 by default. */
  epsilon?: number;
}

/**
 * Adam: steps of the mean gradient over the root of the mean squared gradient.
 *
 * m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g², θ ← θ − η·(m/(1 − β₁ᵗ)) / (√(v/(1 − β₂ᵗ)) + ε), t = step + 1
 *
 * Runs the kernel `AdamWList`, or `AdamW` for each parameter, where the backend has it.
 *
 * @throws when a number is out of its range
 * @example
 * const optimizer = adam({ learningRate: 1e-3 });
 * @see Kingma, Ba, "Adam", 2014, https://arxiv.org/abs/1412.6980, algorithm 1
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return adaptive('adam', options, () => 0);
}

/** Adam's rule with a decay of the weights added to its direction: 0 for Adam, λ·θ for AdamW. */
export function adaptive(
  name: string,
  { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions,
  weightDecayOf: (parameterName: string) => number,
): Optimizer {
  assertFraction(name, { beta1, beta2 });
  assertPositive(name, { epsilon });
  const together = (inputs: RuleInput[]): RuleOutput[] | undefined => {
    const lists = [
      inputs.map(({ gradient }) => gradient),
      inputs.map(({ parameter }) => parameter),
      inputs.map(({ slots }) => slots.mean!),
      inputs.map(({ slots }) => slots.square!),
    ];
    const weightDecays = inputs.map((input) => weightDecayOf(input.name));
    const { learningRate = 0, step = 0 } = inputs[0] ?? {};
    const attributes = { learningRate, beta1, beta2, epsilon, weightDecays, step };
    const made = fusedList('AdamWList', lists, attributes);
    return made?.map(([update, mean, square]) => ({
      update: update!,
      slots: { mean: mean!, square: square! },
    }));
  };
  const rule = (input: RuleInput): RuleOutput => {
    const { gradient, parameter, learningRate } = input;
    const before = { mean: input.slots.mean!, square: input.slots.square! };
    const t = input.step + 1;
    const weightDecay = weightDecayOf(input.name);
    const [update, mean, square] = fused(
      'AdamW',
      { gradient, parameter, ...before },
      { learningRate, beta1, beta2, epsilon, weightDecay, step: input.step },
      () => {
        const mean = tf.add(tf.mul(before.mean, beta1), tf.mul(gradient, 1 - beta1));
        const square = tf.add(tf.mul(before.square, beta2), tf.mul(tf.square(gradient), 1 - beta2));
        const root = tf.add(tf.sqrt(tf.div(square, 1 - beta2 ** t)), epsilon);
        const direction = tf.div(tf.div(mean, 1 - beta1 ** t), root);
        const whole = weightDecay === 0 ? direction : tf.add(direction, tf.mul(parameter, weightDecay));
        return [tf.mul(whole, -learningRate), mean, square];
      },
    );
    return { update: update!, slots: { mean: mean!, square: square! } };
  };
  return perParameter(name, ['mean', 'square'], learningRate, rule, together);
}
