import { show } from '@tenfold/checks';
import { floatTensor } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The input of a layer as a float32 tensor; int32 and bool are cast, since kernels that take both would cut results off.
 *
 * @param what the input is called, where a layer has several
 * @throws when it is not a tensor of real numbers that still holds its values
 */
export function inputTensor(name: string, x: unknown, what = 'the input'): tf.Tensor {
  if (!(x instanceof tf.Tensor)) {
    throw new Error(
      `${name}: ${what} is ${x === undefined ? 'missing' : show(x)}; give a tensor${Array.isArray(x) || ArrayBuffer.isView(x) ? ', such as tf.tensor of it' : ''}`,
    );
  }
  return floatTensor(name, what, x);
}

/** A function of one tensor as a layer without parameters, with its input checked and intermediates disposed. */
export const ofTensor =
  (name: string, f: (x: tf.Tensor) => tf.Tensor): ((x: tf.Tensor) => tf.Tensor) =>
  (x) =>
    tf.tidy(() => f(inputTensor(name, x)));

/** Fails unless the last axis has the size that the layer was made for. */
export function assertLastAxis(name: string, x: tf.Tensor, option: string, size: number): void {
  if (x.shape.at(-1) === size) return;
  throw new Error(
    `${name}: the input has shape [${x.shape}] but ${option} is ${size}; its last axis must have that size`,
  );
}

/** Fails unless x is a batch of images with that many channels, any number where it is undefined. */
export function assertImages(name: string, x: tf.Tensor, channels?: number, option = 'inChannels'): void {
  if (x.rank === 4 && (channels === undefined || x.shape[3] === channels)) return;
  const since = channels === undefined ? '' : `, since ${option} is ${channels}`;
  throw new Error(
    `${name}: the input has shape [${x.shape}]; give images [batch, height, width, ${channels ?? 'channels'}]${since}`,
  );
}

/** Fails unless x is a batch of tokens; of as many as given, where that is. */
export function assertTokens(name: string, x: tf.Tensor, features: number, tokens?: number): void {
  if (x.rank === 3 && x.shape[2] === features && (tokens === undefined || x.shape[1] === tokens)) return;
  throw new Error(
    `${name}: the input has shape [${x.shape}]; give tokens [batch, ${tokens ?? 'tokens'}, ${features}], since ${tokens === undefined ? '' : `tokens is ${tokens} and `}features is ${features}`,
  );
}
