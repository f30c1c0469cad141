import { assertArgument, show } from '@tenfold/checks';
import { toTensor } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { findEntry, mapKind } from './optimizer';

/**
 * Adds updates to variables in place and disposes the updates.
 *
 * θ ← θ + u for every parameter that has an update
 *
 * @param params variables by name; variables without an update do not change
 * @param updates from an optimizer's `update`; they are disposed
 * @throws when an update has no variable of its name or a different shape; no variable has changed then
 * @example
 * const { updates, state: next } = optimizer.update(grads, state, { params, step });
 * applyUpdates(params, updates);
 * tf.dispose([state, grads]);
 */
export function applyUpdates(params: tf.NamedTensorMap, updates: tf.NamedTensorMap): void {
  assertArgument('applyUpdates', 'params', params, mapKind);
  assertArgument('applyUpdates', 'updates', updates, mapKind);
  const pairs = Object.entries(updates).map(([name, value]) => {
    const parameter = findEntry(params, name);
    if (!(parameter instanceof tf.Variable)) {
      throw new Error(
        `applyUpdates: there is an update for ${name} but ${parameter ? 'a tensor that is not a tf.Variable' : 'no parameter'} of that name; give the variables that the optimizer updates`,
      );
    }
    if (!(value instanceof tf.Tensor)) {
      throw new Error(
        `applyUpdates: the update of ${name} is ${show(value)}; give the updates that an optimizer's update returns`,
      );
    }
    const update = toTensor('applyUpdates', `the update of ${name}`, value);
    if (parameter.shape.join() !== update.shape.join()) {
      throw new Error(
        `applyUpdates: ${name} has shape [${parameter.shape}] but its update has shape [${update.shape}]; give an update of the parameter's shape`,
      );
    }
    return [parameter, update] as const;
  });
  for (const [parameter, update] of pairs) {
    const sum = tf.add(parameter, update);
    parameter.assign(sum);
    tf.dispose([sum, update]);
  }
}
