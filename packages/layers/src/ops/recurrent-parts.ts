import { hasKernels } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

/** Whether a cell runs as kernels: in a gradient of a gradient it is composed, so that the tape sees every step. */
export const canRunCells = (...names: string[]): boolean =>
  hasKernels(...names) && tf.engine().state.gradientDepth <= 1;

/** Derivatives from the functions' values. */
export const sigmoidGradFromOutput = (value: tf.Tensor): tf.Tensor => tf.mul(value, tf.sub(1, value));
export const tanhGradFromOutput = (value: tf.Tensor): tf.Tensor => tf.sub(1, tf.square(value));
