import type * as tf from '@tensorflow/tfjs-core';
import type { StepInfo } from './optimizer';

/**
 * Estimates the diagonal of the Hessian of the loss at the current parameters.
 *
 * @param info what the optimizer's `update` was given: the parameters, the step, the loss
 * @param grads the gradients of the step
 * @returns an estimate by the name of each parameter that has a gradient
 */
export type HessianEstimate = (info: StepInfo, grads: tf.NamedTensorMap) => tf.NamedTensorMap;
