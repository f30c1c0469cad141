import { assertArgument, index, object, required } from '@tenfold/checks';
import { floatTensor } from '@tenfold/kernels';
import type * as tf from '@tensorflow/tfjs-core';
import { mapKind, type OptimizerState, type StepInfo } from './optimizer';

/** Throws unless the arguments of an optimizer's `update` have their forms. */
export function assertUpdate(
  name: string,
  grads: tf.NamedTensorMap,
  state: OptimizerState,
  info: StepInfo,
): void {
  assertArgument(name, 'grads', grads, mapKind);
  assertArgument(name, 'state', state, mapKind);
  assertArgument(name, 'info', info, required({ ...object, expected: 'an object { params, step }' }));
  assertArgument(name, 'params', info.params, mapKind);
  assertArgument(name, 'step', info.step, required(index));
}

/** Throws unless a parameter is one that small steps can change. */
export function assertFloat(name: string, key: string, parameter: tf.Tensor): void {
  if (parameter.dtype === 'float32') return;
  throw new Error(
    `${name}: the parameter ${key} is ${parameter.dtype}, to which steps cannot be added; give parameters of float32`,
  );
}

/** A gradient in float32. Throws unless it has a parameter of its name and shape. */
export function floatGradient(
  name: string,
  key: string,
  gradient: tf.Tensor,
  parameter: tf.Tensor | undefined,
): tf.Tensor {
  if (!parameter) {
    throw new Error(
      `${name}: there is a gradient for ${key} but no parameter of that name; give the parameters that the gradients belong to`,
    );
  }
  assertFloat(name, key, parameter);
  const g = floatTensor(name, `the gradient of ${key}`, gradient);
  if (g.shape.join() !== parameter.shape.join()) {
    throw new Error(
      `${name}: ${key} has shape [${parameter.shape}] but its gradient has shape [${g.shape}]; give a gradient of the parameter's shape`,
    );
  }
  return g;
}

/** The tensor of a wrapper's slot. Throws unless it has the shape of its parameter: others would silently be broadcast. */
export function assertSlot<T extends tf.Tensor | undefined>(
  name: string,
  slot: string,
  key: string,
  tensor: T,
  like: tf.Tensor,
): T {
  if (tensor && tensor.shape.join() !== like.shape.join()) {
    throw new Error(
      `${name}: ${slot} of ${key} is [${tensor.shape}] but the parameter is [${like.shape}]; give the state of these parameters`,
    );
  }
  return tensor;
}
