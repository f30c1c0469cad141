import { assertArgument, assertOptions, flag, nonNegative } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { assertUpdate, floatGradient } from './assert-update';
import { gradientsAt } from './gradients-at';
import { findEntry, mapTensors, type Optimizer, optimizerKind, traitsOf } from './optimizer';
import { scaledNorm } from './scaled-norm';
import { updateIfFinite } from './skip-not-finite';

export interface SamOptions {
  /** ρ ≥ 0, the radius in which the loss shall be low; 0.05 by default. */
  rho?: number | undefined;
  /** Whether the radius is relative to each parameter (ASAM, which needs a ρ of about 0.5); false by default. */
  adaptive?: boolean | undefined;
}

/**
 * Wraps an optimizer to step along the gradient at the worst point nearby (SAM), which finds flat minima that generalize better. A
 * step computes the loss twice.
 *
 * e = ρ·g/‖g‖, with ‖g‖ the norm of all gradients as one vector; adaptive: e = ρ·θ²·g/‖θ·g‖; then g ← ∇L(θ + e) for the wrapped
 * optimizer
 *
 * It needs `loss` in the third argument of `update`, which `step` and the trainer of `@tenfold/training` and `minimize` of
 * `toTfOptimizer` give. If the gradient at the worst point is not finite, the step changes nothing.
 *
 * @returns an optimizer with the state of the wrapped one
 * @throws when optimizer is not an optimizer, or an option is unknown or out of range; `update` throws without a loss
 * @example
 * const optimizer = sam(sgd({ learningRate: 0.1, momentum: 0.9 }), { rho: 0.05 });
 * @see Foret et al., "Sharpness-Aware Minimization for Efficiently Improving Generalization", 2020,
 *   https://arxiv.org/abs/2010.01412, algorithm 1; adaptive: Kwon et al., "ASAM", 2021, https://arxiv.org/abs/2102.11600, equation 8
 */
export function sam(optimizer: Optimizer, options: SamOptions = {}): Optimizer {
  assertArgument('sam', 'optimizer', optimizer, optimizerKind);
  assertOptions('sam', options, { rho: nonNegative, adaptive: flag });
  const { rho = 0.05, adaptive = false } = options;
  return {
    ...traitsOf(optimizer),
    init: (params) => optimizer.init(params),
    update: (grads, state, info) =>
      tf.tidy(() => {
        assertUpdate('sam', grads, state, info);
        const floats = mapTensors(grads, (gradient, key) =>
          floatGradient('sam', key, gradient, findEntry(info.params, key)),
        );
        const weighed = adaptive ? mapTensors(floats, (g, key) => tf.mul(g, info.params[key]!)) : floats;
        const { peak, root } = scaledNorm(Object.values(weighed));
        const worst = mapTensors(weighed, (g, key) => {
          const unit = tf.div(tf.div(g, peak), tf.maximum(root, 1e-12));
          const parameter = info.params[key]!;
          return tf.add(parameter, tf.mul(adaptive ? tf.mul(unit, parameter) : unit, rho));
        });
        const { grads: there } = gradientsAt('sam', info, worst);
        return updateIfFinite('sam', optimizer, there, state, info);
      }),
  };
}
