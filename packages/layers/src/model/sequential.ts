import * as tf from '@tensorflow/tfjs-core';
import { completeContext } from './complete-context';
import { assertParams } from './define-layer';
import type { AnyLayer, InputOf, Layer, LayerLike, OutputOf, ParamsOf, Tensors } from './layer';
import { applyPart, initParts, toParts } from './parts';

type First<L extends readonly AnyLayer[]> = L extends readonly [infer F, ...unknown[]]
  ? InputOf<F>
  : tf.Tensor;
type Last<L extends readonly AnyLayer[]> = L extends readonly [...unknown[], infer E]
  ? OutputOf<E>
  : tf.Tensor;

/** The parameters of layers in an array, under their positions '0', '1', …; for an array of unknown length, under any number. */
export type ListParams<L extends readonly AnyLayer[]> = number extends L['length']
  ? { [place: number]: ParamsOf<L[number]> }
  : { [place in keyof L as place extends `${number}` ? place : never]: ParamsOf<L[place]> };

/**
 * Sequential composition: each layer takes the output of the previous one.
 *
 * y = fₙ(… f₂(f₁(x)))
 *
 * An error within a layer starts with its path: 'body.1: dense: the input has shape …'.
 *
 * @param layers layers, models and plain functions such as `relu`, in order. The parameters are named '0', '1', … for an array,
 *   or after the keys of an object.
 * @returns a layer from the input of the first layer to the output of the last
 * @throws when `layers` is one layer or there are further arguments, a value is not a layer, a name is an integer or contains a dot, or a layer with parameters occurs twice
 * @example
 * sequential([dense({ inFeatures: 2, outFeatures: 8 }), relu, dense({ inFeatures: 8, outFeatures: 8 }), relu]);
 * sequential({ hidden: dense({ inFeatures: 2, outFeatures: 8 }), relu, head: dense({ inFeatures: 8, outFeatures: 1 }) });
 */
export function sequential<const L extends readonly AnyLayer[]>(
  layers: L,
): Layer<ListParams<L>, First<L>, Last<L>>;
export function sequential<const L extends { readonly [name: string]: LayerLike }>(
  layers: L,
): Layer<{ -readonly [name in keyof L]: ParamsOf<L[name]> }>;
export function sequential(
  layers: readonly AnyLayer[] | { readonly [name: string]: LayerLike },
  ...others: unknown[]
): Layer<{ [name: string]: object }, Tensors, Tensors> {
  const parts = toParts('sequential', layers);
  if (others.length > 0) {
    throw new Error(
      `sequential: it takes one argument, but there are ${1 + others.length}; give one array of all layers`,
    );
  }
  return {
    init: (rng) => initParts('sequential', parts, rng),
    apply(params, input, given) {
      assertParams('sequential', params);
      const context = completeContext('sequential', given);
      // Nested, so that the output of a layer is disposed as soon as the next layer has used it.
      const applyFirst = (count: number): Tensors => {
        if (count === 0) return input;
        const part = parts[count - 1]!;
        return tf.tidy(() => {
          const previous = applyFirst(count - 1);
          return applyPart(part, params[part.name]!, previous, context);
        });
      };
      return applyFirst(parts.length);
    },
  };
}
