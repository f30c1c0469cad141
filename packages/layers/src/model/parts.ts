import { object, show } from '@tenfold/checks';
import type { Rng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import { assertOutput } from './assert-output';
import { assertStream } from './define-layer';
import { type AnyLayer, assertLayer, type Context, isLayer, type Layer, toLayer } from './layer';

/** A layer within another, with its name. */
export interface Part {
  name: string;
  layer: Layer<object, unknown, unknown>;
}

/**
 * Names the layers of a composition.
 *
 * @throws when `layers` is itself a layer, a value is not a layer, or a name is empty, contains a dot (which separates the names of parameters), or is an
 *   integer (which JavaScript would move to the front)
 */
export function toParts(
  kind: string,
  layers: readonly AnyLayer[] | { readonly [name: string]: AnyLayer },
): Part[] {
  // A layer's init and apply would pass for two layers without parameters.
  if (isLayer(layers)) {
    throw new Error(
      kind === 'sequential'
        ? `sequential: layers is one layer, not a list; give an array, such as [dense({ … }), relu]`
        : `${kind}: layers is one layer, without a name; give an object, such as { name: dense({ … }) }`,
    );
  }
  if (!Array.isArray(layers) && !object.accepts(layers)) {
    throw new Error(`${kind}: layers is ${show(layers)}; give an array or a plain object of layers`);
  }
  return Object.entries(layers).map(([name, layer]) => {
    if (!Array.isArray(layers)) assertName(kind, name);
    assertLayer(kind, show(name), layer);
    return { name, layer: within(name, () => toLayer(layer) as Layer<object, unknown, unknown>) };
  });
}

function assertName(kind: string, name: string): void {
  if (/^(0|[1-9]\d*)$/.test(name)) {
    throw new Error(
      `${kind}: the name ${show(name)} is an integer, which JavaScript moves to the front; give a name such as layer${name}${kind === 'sequential' ? ', or an array' : ''}`,
    );
  }
  if (name === '' || name.includes('.')) {
    throw new Error(
      `${kind}: the name ${show(name)} ${name === '' ? 'is empty' : 'contains a dot'}; give a name without dots, which separate the names of parameters`,
    );
  }
}

/** Creates the parameters of all parts, each from a stream with the name of the part. */
export function initParts(kind: string, parts: readonly Part[], rng: Rng): { [name: string]: object } {
  assertStream(kind, rng);
  const seen = new Map<object, string>();
  return Object.fromEntries(
    parts.map(({ name, layer }) => {
      const params = within(name, () => layer.init(rng.fork(name)));
      const first = seen.get(layer);
      if (first !== undefined && Object.keys(params).length > 0) {
        tf.dispose(Object.values(params) as tf.TensorContainer);
        throw new Error(
          `${kind}: ${show(first)} and ${show(name)} are the same layer; make a separate layer for each, or share the parameters with block({ layer }, (l, x) => l.layer(l.layer(x)))`,
        );
      }
      seen.set(layer, name);
      return [name, params];
    }),
  );
}

/** The path of the layer in which an error happened, and the original message. */
const places = new WeakMap<Error, { path: string; message: string }>();

/** The output of a part of a network, in which an error starts with its name. */
export const applyPart = (
  { name, layer }: Part,
  params: object,
  input: unknown,
  context: Context,
): tf.Tensor =>
  within(name, () => {
    const output = layer.apply(params, input, context);
    assertOutput(output);
    return output as tf.Tensor;
  });

/** Runs a part of a network and puts its path before the message of an error: 'body.1: dense: the input has …'. */
function within<T>(name: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { path, message } = places.get(error) ?? { path: '', message: error.message };
    const place = { path: path ? `${name}.${path}` : name, message };
    places.set(error, place);
    const text = `${place.path}: ${message}`;
    try {
      // The stack, which engines print, repeats the message.
      if (typeof error.stack === 'string') error.stack = error.stack.replace(error.message, () => text);
      error.message = text;
    } catch {
      // The message of a DOMException cannot be changed.
    }
    throw error;
  }
}
