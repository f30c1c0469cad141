import { assertArgument, assertOptions, count, required } from '@tenfold/checks';
import { floatTensor } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { assertFree } from './assert-free';
import { assertSlot, assertUpdate, floatGradient } from './assert-update';
import { cloneState } from './clone-state';
import { emptyMap, findEntry, mapTensors, type Optimizer, optimizerKind, traitsOf } from './optimizer';

export interface AccumulateOptions {
  /** k, the number of steps for one update, an integer of at least 1. */
  steps: number;
}

/** The slot with the sum of the gradients since the last update. */
const SUM = 'gradientSum';
/** The slot with the number of gradients in each sum. */
const COUNT = 'gradientCount';

/** Whether a slot is one of these, also in a group. A parameter has them before those of the wrapped optimizer, which start later. */
export const isSum = (slot: string): boolean => [SUM, COUNT].includes(slot.split('.').at(-1)!);

/**
 * Wraps an optimizer to update in every k-th step, with the mean of the gradients since the last update: as with batches that are k
 * times as large.
 *
 * s ← s + g, n ← n + 1; in every k-th step g = s/n for the wrapped optimizer, and s ← 0, n ← 0
 *
 * The wrapped optimizer and its schedule count the updates. Sums and numbers are slots, so that a checkpoint contains them, and a
 * step that a trainer does not take, because it is not finite, is not in the mean. A parameter without a gradient in the k-th step,
 * such as one that is frozen, is not updated; its next update has the mean of all its gradients since the last one.
 *
 * @returns an optimizer with the slots `gradientSum`, `gradientCount` and those of the wrapped one
 * @throws when optimizer is not an optimizer, or steps is not such an integer; `init` throws when the optimizer already accumulates;
 *   `update` throws when it computes gradients at other points, as `sam` does: wrap in the other order, sam(accumulate(…))
 * @example
 * const optimizer = accumulate(adamW(), { steps: 4 });
 * @see Goyal et al., "Accurate, Large Minibatch SGD", 2017, https://arxiv.org/abs/1706.02677, section 3
 */
export function accumulate(optimizer: Optimizer, options: AccumulateOptions): Optimizer {
  assertArgument('accumulate', 'optimizer', optimizer, optimizerKind);
  assertOptions('accumulate', options, { steps: required(count) });
  const { steps } = options;
  return {
    ...traitsOf(optimizer),
    stepsPerUpdate: steps * (optimizer.stepsPerUpdate ?? 1),
    init: (params) =>
      tf.tidy(() => {
        const inner = optimizer.init(params);
        assertFree('accumulate', inner, [SUM, COUNT]);
        const sums = mapTensors(params, (parameter, name) =>
          tf.zerosLike(floatTensor('accumulate', name, parameter)),
        );
        return { ...inner, [SUM]: sums, [COUNT]: mapTensors(params, () => tf.scalar(0)) };
      }),
    update: (grads, state, info) =>
      tf.tidy(() => {
        assertUpdate('accumulate', grads, state, info);
        const { params, step } = info;
        const { [SUM]: before = {}, [COUNT]: counted = {}, ...inner } = state;
        const [sums, counts] = [before, counted].map((slot) =>
          Object.assign(
            emptyMap<tf.Tensor>(),
            mapTensors(slot, (tensor) => tf.clone(tensor)),
          ),
        ) as [tf.NamedTensorMap, tf.NamedTensorMap];
        for (const [name, gradient] of Object.entries(grads)) {
          const g = floatGradient('accumulate', name, gradient, findEntry(params, name));
          const sum = assertSlot('accumulate', SUM, name, findEntry(before, name), g);
          sums[name] = sum ? tf.add(sum, g) : tf.clone(g);
          counts[name] = tf.add(counts[name] ?? 0, 1);
        }
        if ((step + 1) % steps !== 0) {
          return { updates: {}, state: { ...cloneState(inner), [SUM]: sums, [COUNT]: counts } };
        }
        const means = mapTensors(grads, (_, name) => tf.div(sums[name]!, counts[name]!));
        // The loss of the last step is not that of the mean gradient, though enough for an estimate.
        const next = optimizer.update(means, inner, {
          ...info,
          step: Math.floor(step / steps),
          value: steps > 1 ? undefined : info.value,
          isPartial: steps > 1 || info.isPartial,
        });
        for (const name of Object.keys(grads)) {
          sums[name] = tf.zerosLike(sums[name]!);
          counts[name] = tf.scalar(0);
        }
        return { updates: next.updates, state: { ...next.state, [SUM]: sums, [COUNT]: counts } };
      }),
  };
}
