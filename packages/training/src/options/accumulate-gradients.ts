import type { Optimizer } from '@tenfold/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import { ACCUMULATED, ACCUMULATED_STEPS, ACCUMULATED_UNUSED } from '../assert-state';
import { findEntry } from '../tensors';

/**
 * Wraps an optimizer to update only in every `every`-th step, with the mean of the gradients since the last update. The wrapped
 * optimizer, and its schedule, count the updates.
 *
 * The mean is that over the steps, as in one large batch: a step in which a parameter has no gradient counts as one of 0. A
 * parameter without any gradient since the last update, or that is frozen at the update, is not updated.
 *
 * The sums are a slot, so that a checkpoint contains them and a step that fails takes nothing. So is the number of steps in them:
 * on a GPU, where a step that is not finite keeps the old state, only the device knows it.
 *
 * The loss of the last step is not that of the mean gradient, though enough for an estimate.
 *
 * @param trainable returns the parameters that may be updated now
 */
export const accumulateGradients = (
  optimizer: Optimizer,
  every: number,
  trainable: () => tf.NamedTensorMap,
): Optimizer => ({
  ...(optimizer.ranges && { ranges: optimizer.ranges }),
  stepsPerUpdate: every * (optimizer.stepsPerUpdate ?? 1),
  init: (params) =>
    tf.tidy(() => ({
      ...optimizer.init(params),
      [ACCUMULATED]: mapTensors(params, (parameter) => tf.zerosLike(parameter)),
      [ACCUMULATED_STEPS]: countOf(params, 0),
    })),
  update: (grads, state, { step, ...info }) =>
    tf.tidy(() => {
      const {
        [ACCUMULATED]: before = {},
        [ACCUMULATED_STEPS]: counted = {},
        [ACCUMULATED_UNUSED]: unused = {},
        ...inner
      } = state;
      const sums = { ...before };
      for (const [name, gradient] of Object.entries(grads)) {
        const sum = findEntry(before, name);
        sums[name] = sum ? tf.add(sum, gradient) : gradient;
      }
      const [[owner, count] = [Object.keys(info.params)[0]!, tf.scalar(step % every)]] =
        Object.entries(counted);
      const steps = tf.add(count, 1);
      const isFirst = step % every === 0;
      const without = Object.keys(sums).filter(
        (name) => !Object.hasOwn(grads, name) && (isFirst || Object.hasOwn(unused, name)),
      );
      if ((step + 1) % every !== 0) {
        const marks = without.length > 0 && {
          [ACCUMULATED_UNUSED]: Object.fromEntries(without.map((name) => [name, tf.scalar(1)])),
        };
        const slots = Object.entries(inner).map(([slot, tensors]) => [slot, mapTensors(tensors, tf.clone)]);
        return {
          updates: {},
          state: {
            ...Object.fromEntries(slots),
            [ACCUMULATED]: mapTensors(sums, tf.clone),
            [ACCUMULATED_STEPS]: { [owner]: steps },
            ...marks,
          },
        };
      }
      const updatable = trainable();
      // In the order of the model, which that of a state from a file is not.
      const names = Object.keys(info.params).filter(
        (name) => Object.hasOwn(sums, name) && Object.hasOwn(updatable, name) && !without.includes(name),
      );
      const means = Object.fromEntries(names.map((name) => [name, tf.div(sums[name]!, steps)]));
      const next = optimizer.update(means, inner, {
        ...info,
        step: Math.floor(step / every),
        value: undefined,
        isPartial: true,
      });
      return {
        updates: next.updates,
        state: {
          ...next.state,
          [ACCUMULATED]: mapTensors(sums, (sum) => tf.zerosLike(sum)),
          [ACCUMULATED_STEPS]: { [owner]: tf.scalar(0) },
        },
      };
    }),
});

/** The number of steps, under the name of one parameter, because every tensor of a state belongs to one. */
const countOf = (params: tf.NamedTensorMap, count: number): tf.NamedTensorMap =>
  Object.fromEntries(
    Object.keys(params)
      .slice(0, 1)
      .map((name) => [name, tf.scalar(count)]),
  );

const mapTensors = (tensors: tf.NamedTensorMap, f: (tensor: tf.Tensor) => tf.Tensor): tf.NamedTensorMap =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, f(tensor)]));
