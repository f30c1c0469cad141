import { assertArgument, func, nearestName, object, required, show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { assertOutput } from './assert-output';
import { completeContext } from './complete-context';
import { assertParams } from './define-layer';
import {
  type AnyLayer,
  type Context,
  type InputOf,
  isLayer,
  type Layer,
  type OutputOf,
  type ParamsOf,
} from './layer';
import { applyPart, initParts, toParts } from './parts';

/** The layers of a block, as functions of their inputs. */
export type BlockParts<L> = { readonly [name in keyof L]: (input: InputOf<L[name]>) => OutputOf<L[name]> };

/**
 * Custom composition: named layers and a function that connects them. Use it for residual connections, branches, several inputs
 * or outputs, and layers that are used more than once with the same parameters.
 *
 * @param layers the layers by name; their parameters are named after them
 * @param forward computes the output from the layers (as functions of their inputs), the input and the context
 * @returns a layer from the input of `forward` to its output
 * @throws when a value is not a layer, or a name is an integer or contains a dot
 * @example
 * const residual = block({ conv: conv2d({ inChannels: 8, outChannels: 8, kernelSize: 3 }), norm: batchNorm({ channels: 8 }) },
 *   (l, x) => tf.add(x, l.norm(l.conv(x))));
 * const siamese = block({ encoder }, (l, { left, right }: { left: tf.Tensor; right: tf.Tensor }) =>
 *   tf.norm(tf.sub(l.encoder(left), l.encoder(right)), 2, 1));
 */
export function block<const L extends { readonly [name: string]: AnyLayer }, I = tf.Tensor, O = tf.Tensor>(
  layers: L,
  forward: (parts: BlockParts<L>, input: I, context: Context) => O,
): Layer<{ -readonly [name in keyof L]: ParamsOf<L[name]> }, I, O> {
  if (!isLayer(layers)) assertArgument('block', 'layers', layers, required(object));
  const parts = toParts('block', layers);
  assertArgument('block', 'forward', forward, required(func));
  return {
    init: (rng) => initParts('block', parts, rng) as { -readonly [name in keyof L]: ParamsOf<L[name]> },
    apply(params, input, given) {
      assertParams('block', params);
      const context = completeContext('block', given);
      const bound = parts.map((part) => [
        part.name,
        (value: unknown) =>
          tf.tidy(() => applyPart(part, params[part.name as keyof L] as object, value, context)),
      ]);
      const output = forward(onlyKnown(Object.fromEntries(bound)) as BlockParts<L>, input, context);
      assertOutput(output, 'block: the output');
      return output;
    },
  };
}

/** The layers of a block, of which one that does not exist is an error instead of undefined. */
const onlyKnown = (layers: { [name: string]: unknown }): object =>
  new Proxy(layers, {
    get(target, name) {
      if (typeof name === 'symbol' || Object.hasOwn(target, name)) return Reflect.get(target, name);
      const known = Object.keys(target);
      const near = nearestName(name, known);
      throw new Error(
        `block: there is no layer ${show(name)}; ${near ? `did you mean ${near}? ` : ''}the layers are ${known.join(', ') || 'none'}`,
      );
    },
  });
