import { assertArgument, assertOptions, count, required } from '@tenfold/checks';
import { floatTensor } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { assertSlot, assertUpdate, floatGradient } from './assert-update';
import { cloneState } from './clone-state';
import { emptyMap, findEntry, mapTensors, type Optimizer, optimizerKind } from './optimizer';

export interface AccumulateOptions {
  /** k, the number of steps for one update, an integer of at least 1. */
  steps: number;
}

/** The slot with the sum of the gradients since the last update. */
const SLOT = 'accumulated';

/**
 * Wraps an optimizer to update in every k-th step, with the mean of the gradients since the last update: as with batches that are k
 * times as large.
 *
 * s ← s + g; after k steps g = s/k for the wrapped optimizer, and s ← 0
 *
 * The wrapped optimizer and its schedule count the updates. The sums are a slot, so that a checkpoint contains them.
 *
 * @returns an optimizer with the slot 'accumulated' and the slots of the wrapped one
 * @throws when optimizer is not an optimizer, or steps is not such an integer
 * @example
 * const optimizer = accumulate(adamW(), { steps: 4 });
 * @see Goyal et al., "Accurate, Large Minibatch SGD", 2017, https://arxiv.org/abs/1706.02677, section 3
 */
export function accumulate(optimizer: Optimizer, options: AccumulateOptions): Optimizer {
  assertArgument('accumulate', 'optimizer', optimizer, optimizerKind);
  assertOptions('accumulate', options, { steps: required(count) });
  const { steps } = options;
  return {
    ranges: optimizer.ranges,
    init: (params) =>
      tf.tidy(() => ({
        ...optimizer.init(params),
        [SLOT]: mapTensors(params, (parameter, name) =>
          tf.zerosLike(floatTensor('accumulate', name, parameter)),
        ),
      })),
    update: (grads, state, info) =>
      tf.tidy(() => {
        assertUpdate('accumulate', grads, state, info);
        const { params, step, value } = info;
        const { [SLOT]: before = {}, ...inner } = state;
        const sums = Object.assign(
          emptyMap<tf.Tensor>(),
          mapTensors(before, (sum) => tf.clone(sum)),
        );
        for (const [name, gradient] of Object.entries(grads)) {
          const g = floatGradient('accumulate', name, gradient, findEntry(params, name));
          const sum = assertSlot('accumulate', SLOT, name, findEntry(before, name), g);
          sums[name] = sum ? tf.add(sum, g) : tf.clone(g);
        }
        if ((step + 1) % steps !== 0) return { updates: {}, state: { ...cloneState(inner), [SLOT]: sums } };
        const means = mapTensors(grads, (_, name) => tf.div(sums[name]!, steps));
        // The loss of the last step is not that of the mean gradient.
        const next = optimizer.update(means, inner, { params, step: Math.floor(step / steps), value });
        for (const name of Object.keys(grads)) sums[name] = tf.zerosLike(sums[name]!);
        return { updates: next.updates, state: { ...next.state, [SLOT]: sums } };
      }),
  };
}
