import { gelu, geluTanh, relu, silu } from '@tenfold/activations';
import type * as tf from '@tensorflow/tfjs-core';

/** An activation that layers can end with. */
export type Activation = 'none' | 'relu' | 'silu' | 'gelu' | 'geluTanh';

const functions: { [name in Activation]: (x: tf.Tensor) => tf.Tensor } = {
  none: (x) => x,
  relu,
  silu,
  gelu,
  geluTanh,
};

/** Applies an activation by its name. */
export const activate = (activation: Activation, x: tf.Tensor): tf.Tensor => functions[activation](x);

/** Fails when there is no activation of that name. */
export function assertActivation(layer: string, activation: Activation): void {
  if (Object.hasOwn(functions, activation)) return;
  const known = Object.keys(functions).join("', '");
  throw new Error(
    `${layer}: activation is ${JSON.stringify(activation)}; give one of '${known}', or apply your own function after the layer`,
  );
}
