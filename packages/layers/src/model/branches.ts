import { show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { inputTensor } from '../ops/input-tensor';
import { defineLayer } from './define-layer';
import type { AnyLayer, Layer, LayerLike, ParamsOf } from './layer';
import { applyPart, initParts, toParts } from './parts';
import type { ListParams } from './sequential';

/** Layers that take the same input: an array, or a plain object of named layers. */
export type Branches = readonly AnyLayer[] | { readonly [name: string]: LayerLike };

/** The parameters of branches, under their positions or names. */
export type BranchParams<L extends Branches> = L extends readonly AnyLayer[]
  ? ListParams<L>
  : { -readonly [name in keyof L]: ParamsOf<L[name]> };

/**
 * Makes a layer that passes its input to several layers and merges their outputs.
 *
 * @throws when there are no layers, a value is not a layer, or an output is not a tensor
 */
export function branches<const L extends Branches>(
  name: string,
  layers: L,
  merge: (outputs: tf.Tensor[]) => tf.Tensor,
): Layer<BranchParams<L>> {
  const parts = toParts(name, layers);
  if (parts.length === 0) throw new Error(`${name}: layers is empty; give at least one layer`);
  return defineLayer<{ [name: string]: object }, tf.Tensor, tf.Tensor>(name, {
    init: (rng) => initParts(name, parts, rng),
    apply(params, input, context) {
      const x = inputTensor(name, input);
      return tf.tidy(() => {
        const outputs = parts.map((part) => {
          const output: unknown = applyPart(part, params[part.name]!, x, context);
          if (output instanceof tf.Tensor) return output;
          throw new Error(
            `${name}: the output of ${part.name} is ${show(output)}; give layers that return one tensor`,
          );
        });
        return merge(outputs);
      });
    },
  }) as Layer<object> as Layer<BranchParams<L>>;
}

/** Merges outputs of the same shape. @throws when their shapes differ */
export const mergeEqual =
  (name: string, merge: (outputs: tf.Tensor[]) => tf.Tensor) =>
  (outputs: tf.Tensor[]): tf.Tensor => {
    if (outputs.every(({ shape }) => shape.join() === outputs[0]!.shape.join())) return merge(outputs);
    throw new Error(
      `${name}: the outputs of the layers have the shapes ${outputs.map(({ shape }) => `[${shape}]`).join(', ')}; give layers whose outputs have the same shape`,
    );
  };
