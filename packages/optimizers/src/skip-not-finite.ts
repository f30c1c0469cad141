import { assertArgument } from '@tenfold/checks';
import { fused } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { assertSlot, assertUpdate, floatGradient } from './assert-update';
import {
  findEntry,
  mapTensors,
  type Optimizer,
  type OptimizerState,
  optimizerKind,
  traitsOf,
} from './optimizer';

/**
 * Wraps an optimizer to skip steps in which a gradient is NaN or infinite: no parameter and no slot changes.
 *
 * θ ← θ where any element of any gradient is not finite
 *
 * The device selects between the new and the old values, so that nothing is read. The step counts for schedules and bias
 * corrections. A parameter that starts in such a step gets its slots as from a gradient of 0. The trainer of `@tenfold/training`
 * does the same for every optimizer, and reports it.
 *
 * @returns an optimizer with the state of the wrapped one
 * @throws when optimizer is not an optimizer
 * @example
 * const optimizer = skipNotFinite(adamW());
 */
export function skipNotFinite(optimizer: Optimizer): Optimizer {
  assertArgument('skipNotFinite', 'optimizer', optimizer, optimizerKind);
  return {
    ...traitsOf(optimizer),
    init: (params) => optimizer.init(params),
    update: (grads, state, info) =>
      tf.tidy(() => {
        assertUpdate('skipNotFinite', grads, state, info);
        return updateIfFinite('skipNotFinite', optimizer, grads, state, info);
      }),
  };
}

/** Takes a step if all gradients are finite, or else returns updates of 0 and the old state. Call it within tidy. */
export function updateIfFinite(
  name: string,
  optimizer: Optimizer,
  grads: tf.NamedTensorMap,
  state: OptimizerState,
  info: Parameters<Optimizer['update']>[2],
): ReturnType<Optimizer['update']> {
  const floats = mapTensors(grads, (gradient, key) =>
    floatGradient(name, key, gradient, findEntry(info.params, key)),
  );
  if (Object.keys(floats).length === 0) return optimizer.update(floats, state, info);
  const finite = allFinite(Object.values(floats));
  const choose = (value: tf.Tensor, other: tf.Tensor): tf.Tensor =>
    tf.where(tf.broadcastTo(finite, value.shape), value, other);
  // With zeros instead, slots that start in this step are finite as well.
  const clean = mapTensors(floats, (gradient) => choose(gradient, tf.zerosLike(gradient)));
  const next = optimizer.update(clean, state, info);
  return {
    // x + (−0) is x for every x, whereas −0 + 0 would be 0.
    updates: mapTensors(next.updates, (update) => choose(update, tf.fill(update.shape, -0))),
    state: Object.fromEntries(
      Object.entries(next.state).map(([slot, tensors]) => [
        slot,
        mapTensors(tensors, (tensor, key) => {
          const old = findEntry(findEntry(state, slot), key);
          return old ? choose(tensor, assertSlot(name, slot, key, old, tensor)) : tensor;
        }),
      ]),
    ),
  };
}

/** Whether all values are finite: bool []. */
function allFinite(tensors: readonly tf.Tensor[]): tf.Tensor {
  const [finite] = fused('AllFinite', Object.fromEntries(tensors.entries()), {}, () => [
    tf.all(tf.stack(tensors.map((tensor) => tf.all(tf.isFinite(tensor))))),
  ]);
  return finite!;
}
