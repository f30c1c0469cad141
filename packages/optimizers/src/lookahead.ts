import { assertArgument, assertOptions, count, portion } from '@tenfold/checks';
import { floatTensor } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { assertFree } from './assert-free';
import { assertSlot, assertUpdate } from './assert-update';
import { emptyMap, findEntry, mapTensors, type Optimizer, optimizerKind, traitsOf } from './optimizer';

export interface LookaheadOptions {
  /** k, the number of fast steps for a slow one, an integer of at least 1; 5 by default. */
  steps?: number | undefined;
  /** α in (0, 1], the size of a slow step; 0.5 by default. */
  slowRate?: number | undefined;
}

/** The slot with the slow parameters. */
const SLOT = 'slow';

/**
 * Wraps an optimizer to take k of its steps ahead, and then go back to a part of the way, which lowers the variance of the steps.
 *
 * θ ← the wrapped optimizer's; after every k-th step φ ← φ + α·(θ − φ), θ ← φ, with φ starting as a copy of θ
 *
 * Evaluate the model after a slow step, or with the slow parameters, the slot 'slow' of the state. The wrapped optimizer keeps its
 * state in a slow step.
 *
 * @returns an optimizer with the slot 'slow' and the slots of the wrapped one
 * @throws when optimizer is not an optimizer, or an option is unknown or out of range; `init` throws when the optimizer already has a
 *   slot 'slow'
 * @example
 * const optimizer = lookahead(adamW(), { steps: 5, slowRate: 0.5 });
 * @see Zhang et al., "Lookahead Optimizer: k steps forward, 1 step back", 2019, https://arxiv.org/abs/1907.08610, algorithm 1
 */
export function lookahead(optimizer: Optimizer, options: LookaheadOptions = {}): Optimizer {
  assertArgument('lookahead', 'optimizer', optimizer, optimizerKind);
  assertOptions('lookahead', options, { steps: count, slowRate: portion });
  const { steps = 5, slowRate = 0.5 } = options;
  return {
    ...traitsOf(optimizer),
    init: (params) =>
      tf.tidy(() => {
        const inner = optimizer.init(params);
        assertFree('lookahead', inner, [SLOT]);
        const copies = mapTensors(params, (parameter, name) =>
          tf.clone(floatTensor('lookahead', name, parameter)),
        );
        return { ...inner, [SLOT]: copies };
      }),
    update: (grads, state, info) =>
      tf.tidy(() => {
        assertUpdate('lookahead', grads, state, info);
        const { [SLOT]: before = {}, ...inner } = state;
        const { updates, state: next } = optimizer.update(grads, inner, info);
        const slow = Object.assign(
          emptyMap<tf.Tensor>(),
          mapTensors(before, (tensor) => tf.clone(tensor)),
        );
        // A parameter that starts late starts here.
        for (const [name, update] of Object.entries(updates)) {
          slow[name] ??= tf.clone(findEntry(info.params, name)!);
          assertSlot('lookahead', SLOT, name, slow[name], update);
        }
        if ((info.step + 1) % steps !== 0) return { updates, state: { ...next, [SLOT]: slow } };
        const back = mapTensors(updates, (update, name) => {
          const parameter = findEntry(info.params, name)!;
          const ahead = tf.sub(tf.add(parameter, update), slow[name]!);
          slow[name] = tf.add(slow[name]!, tf.mul(ahead, slowRate));
          return tf.sub(slow[name]!, parameter);
        });
        return { updates: back, state: { ...next, [SLOT]: slow } };
      }),
  };
}
