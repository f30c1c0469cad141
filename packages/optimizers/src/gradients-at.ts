import * as tf from '@tensorflow/tfjs-core';
import { findEntry, mapTensors, type StepInfo } from './optimizer';

/**
 * The loss of a step and its gradients at other values of some parameters, which are restored. Wrappers change the gradients as those
 * of the step.
 *
 * @param name of the optimizer; starts its errors
 * @param values the values of the parameters whose gradients are computed
 * @param other a loss other than that of the step, whose gradients are not changed
 * @returns a gradient for each of them, 0 where the loss does not depend on one
 */
export function gradientsAt(
  name: string,
  info: StepInfo,
  values: tf.NamedTensorMap,
  other?: () => tf.Tensor,
): { value: tf.Scalar; grads: tf.NamedTensorMap } {
  if (!other) assertWhole(name, info);
  const { loss, variables } = lossOf(name, info, Object.keys(values), other);
  return tf.tidy(() => {
    const old = mapTensors(variables, (variable) => tf.clone(variable));
    const compute = () => {
      try {
        for (const [key, variable] of Object.entries(variables)) variable.assign(values[key]!);
        return tf.variableGrads(loss, Object.values(variables));
      } finally {
        for (const [key, variable] of Object.entries(variables)) {
          if (!variable.isDisposed) variable.assign(old[key]!);
        }
      }
    };
    const { value, grads } = compute();
    const named = mapTensors(
      variables,
      (variable) => findEntry(grads, (variable as tf.Variable).name) ?? tf.zerosLike(variable),
    );
    return { value, grads: other ? named : (info.mapGradients?.(named) ?? named) };
  });
}

/** Throws when the loss of a step is not that of its gradients, so that those at other points would belong to other examples. */
export function assertWhole(name: string, { isPartial }: StepInfo): void {
  if (!isPartial) return;
  throw new Error(
    `${name}: the gradients are accumulated over several steps, but the loss is that of the last one; let an optimizer that steps at once accumulate, as in sam(accumulate(sgd(…), { steps: 4 })), or use larger batches`,
  );
}

/** The losses of wrappers whose optimizer cannot compute one again, with the reason by its name. */
const refusals = new WeakMap<() => tf.Tensor, (name: string) => Error>();

/**
 * A loss for the optimizer within a wrapper that cannot compute it again.
 *
 * @param wrapper its name; starts the error
 * @param reason completes 'the loss cannot be computed again, because'
 */
export function refusedLoss(wrapper: string, reason: string): () => tf.Tensor {
  const refuse = (name: string) =>
    new Error(
      `${wrapper}: ${name} computes the loss again, but ${reason}; wrap in the other order, as in sam(${wrapper}(sgd(…)))`,
    );
  const loss = () => {
    throw refuse('the optimizer');
  };
  refusals.set(loss, refuse);
  return loss;
}

/**
 * The loss of a step, or another one, and the parameters as variables. Throws unless it has them.
 *
 * @param other a loss in its place
 */
export function lossOf(
  name: string,
  info: StepInfo,
  keys: string[],
  other?: () => tf.Tensor,
): { loss: () => tf.Scalar; variables: { [key: string]: tf.Variable } } {
  const loss = other ?? info.loss;
  const refuse = info.loss && refusals.get(info.loss);
  if (refuse && !other) throw refuse(name);
  if (!loss) {
    throw new Error(
      `${name}: the step has no loss to compute again; use it with step or a trainer of @tenfold/training, or give update { params, step, loss: () => … }`,
    );
  }
  const variables = Object.fromEntries(
    keys.map((key) => {
      const parameter = findEntry(info.params, key);
      if (parameter instanceof tf.Variable) return [key, parameter] as const;
      if (refuse) throw refuse(name);
      throw new Error(`${name}: ${key} is not a tf.Variable; give the variables that the loss depends on`);
    }),
  );
  const compute = () => {
    const value = loss();
    const gone = keys.find((key) => variables[key]!.isDisposed);
    if (gone === undefined) return value as tf.Scalar;
    throw new Error(
      `${name}: ${gone} was disposed while the loss was computed again; dispose the model after its last use`,
    );
  };
  return { loss: compute, variables };
}
