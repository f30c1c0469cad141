import type { Optimizer } from '@tenfold/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import { findEntry } from '../tensors';

/** The slot with the sum of the gradients since the last update. */
const SLOT = 'accumulated';

/**
 * Wraps an optimizer to update only in every `every`-th step, with the mean of the gradients since the last update. The wrapped
 * optimizer, and its schedule, count the updates.
 *
 * The sums are a slot, so that a checkpoint contains them and a step that fails takes nothing.
 */
export const accumulateGradients = (optimizer: Optimizer, every: number): Optimizer => ({
  ranges: optimizer.ranges,
  init: (params) => ({
    ...optimizer.init(params),
    [SLOT]: Object.fromEntries(
      Object.entries(params).map(([name, parameter]) => [name, tf.tidy(() => tf.zerosLike(parameter))]),
    ),
  }),
  update: (grads, state, { step, ...info }) =>
    tf.tidy(() => {
      const { [SLOT]: before = {}, ...inner } = state;
      const sums = { ...before };
      for (const [name, gradient] of Object.entries(grads)) {
        const sum = findEntry(before, name);
        sums[name] = sum ? tf.add(sum, gradient) : gradient;
      }
      if ((step + 1) % every !== 0) return { updates: {}, state: { ...copy(inner), [SLOT]: copyMap(sums) } };
      const names = Object.keys(grads);
      const means = Object.fromEntries(names.map((name) => [name, tf.div(sums[name]!, every)]));
      const next = optimizer.update(means, inner, { ...info, step: Math.floor(step / every) });
      for (const name of names) sums[name] = tf.zerosLike(sums[name]!);
      return { updates: next.updates, state: { ...next.state, [SLOT]: copyMap(sums) } };
    }),
});

const copyMap = (tensors: tf.NamedTensorMap): tf.NamedTensorMap =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tf.clone(tensor)]));

const copy = (state: { [slot: string]: tf.NamedTensorMap }): { [slot: string]: tf.NamedTensorMap } =>
  Object.fromEntries(Object.entries(state).map(([slot, tensors]) => [slot, copyMap(tensors)]));
