import { show } from '@tenfold/checks';
import type { Rng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';
import { type AnyLayer, assertLayer, type Layer, toLayer } from './layer';

/** A layer within another, with its name there. */
export interface Part {
  name: string;
  layer: Layer<object, unknown, unknown>;
}

/**
 * The layers of a composition by name.
 *
 * @throws when something is not a layer, or a name of an object is an integer, which JavaScript would move to the front,
 *   is empty or holds a dot, which separates names of parameters
 */
export function partsOf(
  kind: string,
  layers: readonly AnyLayer[] | { readonly [name: string]: AnyLayer },
): Part[] {
  if (typeof layers !== 'object' || layers === null) {
    throw new Error(`${kind}: layers is ${show(layers)}; give an array or an object of layers`);
  }
  return Object.entries(layers).map(([name, layer]) => {
    if (!Array.isArray(layers)) assertName(kind, name);
    assertLayer(kind, show(name), layer);
    return { name, layer: toLayer(layer) as Layer<object, unknown, unknown> };
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
      `${kind}: the name ${show(name)} ${name === '' ? 'is empty' : 'holds a dot'}; give a name without dots, which separate the names of parameters`,
    );
  }
}

/** The parameters of all parts, each from a stream of its name. */
export function initParts(kind: string, parts: readonly Part[], rng: Rng): { [name: string]: object } {
  const seen = new Map<object, string>();
  return Object.fromEntries(
    parts.map(({ name, layer }) => {
      const params = within(name, () => layer.init(rng.fork(name)));
      const before = seen.get(layer);
      if (before !== undefined && Object.keys(params).length > 0) {
        tf.dispose(Object.values(params) as tf.TensorContainer);
        throw new Error(
          `${kind}: ${show(before)} and ${show(name)} are one and the same layer; make a layer for each place, or share its parameters with block({ layer }, (l, x) => l.layer(l.layer(x)))`,
        );
      }
      seen.set(layer, name);
      return [name, params];
    }),
  );
}

/** Where in a network an error happened, and what it said there. */
const places = new WeakMap<Error, { path: string; message: string }>();

/** Runs a part of a network; an error says which: 'body.1: dense: the input has …'. */
export function within<T>(name: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { path, message } = places.get(error) ?? { path: '', message: error.message };
    const place = { path: path ? `${name}.${path}` : name, message };
    places.set(error, place);
    const text = `${place.path}: ${message}`;
    try {
      // Engines print the stack, which repeats the message.
      if (typeof error.stack === 'string') error.stack = error.stack.replace(error.message, () => text);
      error.message = text;
    } catch {
      // A DOMException's message cannot be changed; the error is thrown as it is.
    }
    throw error;
  }
}
