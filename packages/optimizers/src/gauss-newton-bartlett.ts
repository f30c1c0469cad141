import { assertArgument, assertOptions, count, func, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { gradientsAt } from './gradients-at';
import type { HessianEstimate } from './hessian-estimate';
import { findEntry, mapTensors } from './optimizer';

export interface GaussNewtonBartlettOptions {
  /** B, the number of examples that the sampled loss is a mean of, an integer of at least 1. */
  batchSize: number;
}

/**
 * The Gauss-Newton-Bartlett estimate of the diagonal of the Hessian of a cross-entropy, for `sophia`. It needs no second derivatives.
 *
 * ĥ = B·(∇L̂)², where L̂ is the mean loss of B examples with labels drawn from the model's predictions
 *
 * @param sampledLoss computes L̂ of the current parameters as a scalar: with labels that are drawn anew from the predictions
 * @returns an estimate; it throws when the parameters are not variables
 * @throws when sampledLoss is not a function, or batchSize is not such an integer
 * @example
 * const optimizer = sophia({ gamma: 0.05, hessian: gaussNewtonBartlett(() => sampledLoss(model, batch), { batchSize: 64 }) });
 * @see Liu et al., "Sophia", 2023, https://arxiv.org/abs/2305.14342, algorithm 2
 */
export function gaussNewtonBartlett(
  sampledLoss: () => tf.Tensor,
  options: GaussNewtonBartlettOptions,
): HessianEstimate {
  assertArgument('gaussNewtonBartlett', 'sampledLoss', sampledLoss, required(func));
  assertOptions('gaussNewtonBartlett', options, { batchSize: required(count) });
  const { batchSize } = options;
  return (info, grads) =>
    tf.tidy(() => {
      const values = mapTensors(grads, (gradient, key) => findEntry(info.params, key) ?? gradient);
      const { grads: sampled } = gradientsAt('gaussNewtonBartlett', info, values, sampledLoss);
      return mapTensors(sampled, (g) => tf.mul(tf.square(g), batchSize));
    });
}
