import * as tf from '@tensorflow/tfjs-core';
import { mapTensors, type OptimizerState } from './optimizer';

/** New tensors with the values of a state. */
export const cloneState = (state: OptimizerState): OptimizerState =>
  Object.fromEntries(
    Object.entries(state).map(([slot, tensors]) => [slot, mapTensors(tensors, (tensor) => tf.clone(tensor))]),
  );
