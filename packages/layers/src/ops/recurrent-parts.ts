import { hasKernels } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

/** Whether to run these kernels. In a gradient of a gradient the cell is composed, so that the tape records every step. */
export const canRunCells = (...names: string[]): boolean =>
  hasKernels(...names) && tf.engine().state.gradientDepth <= 1;

/** The derivative of a function from its value. */
export const sigmoidGradFromOutput = (value: tf.Tensor): tf.Tensor => tf.mul(value, tf.sub(1, value));
export const tanhGradFromOutput = (value: tf.Tensor): tf.Tensor => tf.sub(1, tf.square(value));
