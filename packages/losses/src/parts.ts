import { nearestName, object, show } from '@tenfold/checks';
import { floatTensor, type Input } from '@tenfold/kernels';
import type * as tf from '@tensorflow/tfjs-core';
import type { Prepared } from './loss';
import { assertFeatures } from './shapes';

/** Two tensors of a model, such as the embeddings of two inputs that are compared. */
export type Two = readonly [first: Input, second: Input];

/**
 * Checks that labels or predictions are several tensors under the given names.
 *
 * @param names of all of them; those that end with ? may be left out
 * @throws when the value is not such an object
 */
export function readParts<T extends object>(
  name: string,
  what: 'labels' | 'predictions',
  value: T,
  names: readonly string[],
): T {
  const known = names.map((key) => key.replace('?', ''));
  const wanted = `give { ${known.join(', ')} }`;
  if (!object.accepts(value)) {
    throw new Error(`${name}: ${what} is ${value === undefined ? 'missing' : show(value)}; ${wanted}`);
  }
  const extra = Object.keys(value).find((key) => !known.includes(key));
  if (extra !== undefined) {
    const near = nearestName(extra, known);
    throw new Error(`${name}: ${what} has ${show(extra)}; ${near ? `did you mean ${near}? ` : ''}${wanted}`);
  }
  const absent = names.find(
    (key) => !key.endsWith('?') && (value as Record<string, unknown>)[key] === undefined,
  );
  if (absent !== undefined) throw new Error(`${name}: ${what}.${absent} is missing; ${wanted}`);
  return value;
}

/** Converts two tensors, given in an array, and checks that they have the same shape. */
export function readTwo(name: string, predictions: Two): [tf.Tensor, tf.Tensor] {
  const isTwo = Array.isArray(predictions) && predictions.length === 2;
  if (!isTwo) {
    const found = Array.isArray(predictions)
      ? `an array of ${predictions.length} entries`
      : predictions === undefined
        ? 'missing'
        : show(predictions);
    throw new Error(`${name}: predictions is ${found}; give an array of two tensors, [first, second]`);
  }
  const [a, b] = [0, 1].map((i) => floatTensor(name, `predictions[${i}]`, predictions[i]!));
  assertShape(name, ['predictions[1]', b!], ['predictions[0]', a!.shape]);
  return [a!, b!];
}

/** Labels [batch, …] and two tensors of embeddings [batch, …, features]. */
export function preparePairs(name: string, labels: Input, predictions: Two): Prepared {
  const y = floatTensor(name, 'labels', labels);
  const [a, b] = readTwo(name, predictions);
  assertFeatures(name, 'predictions', a);
  const shape = a.shape.slice(0, -1);
  assertShape(name, ['labels', y], ['predictions[0]', a.shape], shape);
  return { labels: [y], predictions: [a, b], shape };
}

/**
 * Throws unless a tensor fits the shape of another one.
 *
 * @param expected the shape that follows from the other one, where it is not the same
 */
export function assertShape(
  name: string,
  [what, tensor]: readonly [what: string, tensor: tf.Tensor],
  [of, shape]: readonly [of: string, shape: number[]],
  expected: number[] = shape,
): void {
  if (tensor.shape.join() === expected.join()) return;
  const advice =
    expected === shape
      ? 'give both the same shape'
      : `give ${what} of shape [${expected}], one for each pair or example`;
  throw new Error(
    `${name}: ${of} ${verb(of)} shape [${shape}] but ${what} ${verb(what)} shape [${tensor.shape}]; ${advice}`,
  );
}

const verb = (what: string) => (/s$/.test(what) ? 'have' : 'has');
