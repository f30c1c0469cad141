import * as tf from '@tensorflow/tfjs-core';
import { type Optimizer, perParameter } from './optimizer';
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
  for (const [option, beta] of Object.entries({ beta1, beta2 })) {
    if (!(beta >= 0 && beta < 1)) throw new Error(`${name}: ${option} is ${beta}; give a number in [0, 1)`);
  }
  if (!(epsilon > 0))
    throw new Error(`${name}: epsilon is ${epsilon}; give a small positive number such as 1e-8`);
  return perParameter(name, ['mean', 'square'], learningRate, (input) => {
    const t = input.step + 1;
    const mean = tf.add(tf.mul(input.slots.mean!, beta1), tf.mul(input.gradient, 1 - beta1));
    const square = tf.add(tf.mul(input.slots.square!, beta2), tf.mul(tf.square(input.gradient), 1 - beta2));
    const root = tf.add(tf.sqrt(tf.div(square, 1 - beta2 ** t)), epsilon);
    const direction = tf.div(tf.div(mean, 1 - beta1 ** t), root);
    const decay = weightDecayOf(input.name);
    const whole = decay === 0 ? direction : tf.add(direction, tf.mul(input.parameter, decay));
    return { update: tf.mul(whole, -input.learningRate), slots: { mean, square } };
  });
}
