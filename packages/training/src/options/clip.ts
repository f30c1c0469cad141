import { assertOptions, positive } from '@tenfold/checks';
import { clipByGlobalNorm, type Optimizer } from '@tenfold/optimizers';
import * as tf from '@tensorflow/tfjs-core';

export interface ClipOptions {
  /** The largest absolute value > 0 of an element; larger ones are set to it. */
  value?: number;
  /** The largest norm > 0 of the gradient of a parameter, each of which is scaled alone. */
  norm?: number;
  /** The largest norm > 0 of all gradients together, which are scaled by one factor. */
  globalNorm?: number;
}

export const clipKinds = { value: positive, norm: positive, globalNorm: positive };

/** Returns the gradients, so that wrappers of optimizers can be used on them. */
const identity: Optimizer = {
  init: () => ({}),
  update: (grads) => ({
    updates: mapGradients(grads, (gradient) => tf.clone(gradient)),
    state: {},
  }),
};

const mapGradients = (grads: tf.NamedTensorMap, f: (gradient: tf.Tensor, name: string) => tf.Tensor) =>
  Object.fromEntries(Object.entries(grads).map(([name, gradient]) => [name, f(gradient, name)]));

/**
 * Wraps an optimizer to clip gradients: by value first, then each by its norm, then all by their norm.
 *
 * @param name of the function; starts errors
 */
export function clipGradients(name: string, optimizer: Optimizer, clip: ClipOptions): Optimizer {
  assertOptions(`${name}: clip`, clip, clipKinds);
  const { value, norm, globalNorm } = clip;
  if (value === undefined && norm === undefined && globalNorm === undefined) {
    throw new Error(`${name}: clip has no limit; give { value }, { norm } or { globalNorm }`);
  }
  const inner = globalNorm === undefined ? optimizer : clipByGlobalNorm(optimizer, { maxNorm: globalNorm });
  const alone = norm === undefined ? undefined : clipByGlobalNorm(identity, { maxNorm: norm });
  return {
    ranges: optimizer.ranges,
    init: (params) => optimizer.init(params),
    update: (grads, state, info) =>
      tf.tidy(() => {
        const cut = mapGradients(grads, (gradient, key) => {
          const within = value === undefined ? gradient : tf.clipByValue(gradient, -value, value);
          return alone ? alone.update({ [key]: within }, {}, info).updates[key]! : within;
        });
        return inner.update(cut, state, info);
      }),
  };
}
