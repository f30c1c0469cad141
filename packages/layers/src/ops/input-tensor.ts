import { show } from '@tenfold/checks';
import { floatTensor } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Converts the input of a layer to float32. int32 and bool tensors are cast, because kernels for integers would truncate.
 *
 * @param what name of the input, if the layer has several
 * @throws when it is not a tensor of real numbers, or is disposed
 */
export function inputTensor(name: string, x: unknown, what = 'the input'): tf.Tensor {
  if (!(x instanceof tf.Tensor)) {
    throw new Error(
      `${name}: ${what} is ${x === undefined ? 'missing' : show(x)}; give a tensor${Array.isArray(x) || ArrayBuffer.isView(x) ? ', such as tf.tensor of it' : ''}`,
    );
  }
  return floatTensor(name, what, x);
}

/** Wraps a function of one tensor: checks its input and disposes intermediate tensors. */
export const ofTensor =
  (name: string, f: (x: tf.Tensor) => tf.Tensor): ((x: tf.Tensor) => tf.Tensor) =>
  (...call: [x?: tf.Tensor]) => {
    if (call.length === 0) {
      throw new Error(
        `${name}: the input is missing; give a tensor, or as a layer the function itself, without a call`,
      );
    }
    return tf.tidy(() => f(inputTensor(name, call[0])));
  };

/** Throws unless the last axis has the size that the layer expects. */
export function assertLastAxis(name: string, x: tf.Tensor, option: string, size: number): void {
  if (x.shape.at(-1) === size) return;
  throw new Error(
    `${name}: the input has shape [${x.shape}] but ${option} is ${size}; its last axis must have that size`,
  );
}

/** Throws unless x is a batch [batch, …, size], whose last axis has the size that the layer expects. */
export function assertBatch(name: string, x: tf.Tensor, option: string, size: number): void {
  if (x.rank < 2) {
    throw new Error(
      `${name}: the input has shape [${x.shape}]; give a batch [batch, …, ${size}], because ${option} is ${size}`,
    );
  }
  assertLastAxis(name, x, option, size);
}

/** Throws unless x is a batch of sequences, with the given number of channels if there is one. */
export const assertSequences = (name: string, x: tf.Tensor, channels?: number, option?: string): void =>
  assertPositions(name, x, 'sequences [batch, length, ', 3, channels, option);

/** Throws unless x is a batch of images, with the given number of channels if there is one. */
export const assertImages = (name: string, x: tf.Tensor, channels?: number, option?: string): void =>
  assertPositions(name, x, 'images [batch, height, width, ', 4, channels, option);

/** Throws unless x is a batch of volumes, with the given number of channels if there is one. */
export const assertVolumes = (name: string, x: tf.Tensor, channels?: number, option?: string): void =>
  assertPositions(name, x, 'volumes [batch, depth, height, width, ', 5, channels, option);

function assertPositions(
  name: string,
  x: tf.Tensor,
  what: string,
  rank: number,
  channels?: number,
  option = 'inChannels',
): void {
  if (x.rank === rank && (channels === undefined || x.shape[rank - 1] === channels)) return;
  const reason = channels === undefined ? '' : `, because ${option} is ${channels}`;
  throw new Error(
    `${name}: the input has shape [${x.shape}]; give ${what}${channels ?? 'channels'}]${reason}`,
  );
}

/** Throws unless x is a batch of tokens, of the given number if there is one. */
export function assertTokens(name: string, x: tf.Tensor, features: number, tokens?: number): void {
  if (x.rank === 3 && x.shape[2] === features && (tokens === undefined || x.shape[1] === tokens)) return;
  throw new Error(
    `${name}: the input has shape [${x.shape}]; give tokens [batch, ${tokens ?? 'tokens'}, ${features}], because ${tokens === undefined ? '' : `tokens is ${tokens} and `}features is ${features}`,
  );
}

/** The numbers of queries and keys. @throws unless x is scores of attention of this number of heads */
export function assertScores(name: string, x: tf.Tensor, heads: number): [queries: number, keys: number] {
  if (x.rank === 4 && x.shape[1] === heads) return [x.shape[2]!, x.shape[3]!];
  throw new Error(
    `${name}: the input has shape [${x.shape}]; give scores [batch, ${heads}, queries, keys], because heads is ${heads}`,
  );
}
