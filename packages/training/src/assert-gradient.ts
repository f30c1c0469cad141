import * as tf from '@tensorflow/tfjs-core';

/** Kernels whose output is piecewise constant: their derivative is zero wherever it exists. */
const CONSTANT = new Set([
  tf.All,
  tf.Any,
  tf.ArgMax,
  tf.ArgMin,
  tf.Bincount,
  tf.Ceil,
  tf.DenseBincount,
  tf.Equal,
  tf.Floor,
  tf.Greater,
  tf.GreaterEqual,
  tf.IsFinite,
  tf.IsInf,
  tf.IsNan,
  tf.Less,
  tf.LessEqual,
  tf.LogicalAnd,
  tf.LogicalNot,
  tf.LogicalOr,
  tf.NotEqual,
  tf.OneHot,
  tf.OnesLike,
  tf.Round,
  tf.Sign,
  tf.Step,
  tf.ZerosLike,
]);

/**
 * Throws when a loss depends on variables only through piecewise constant functions, so that every gradient is zero. It reads
 * tfjs's tape backwards, and ends at the first variable that has another path: after a few operations in a usual network.
 *
 * Gradients that are zero for another reason, such as a ReLU of negative numbers, pass: those of a minimum are zero too.
 *
 * @param name of the function; starts the message
 * @param loss computed on the current tape
 */
export function assertGradient(name: string, loss: tf.Tensor, variables: readonly tf.Variable[]): void {
  const wanted = new Set(variables.map(({ id }) => id));
  const smooth = new Set([loss.id]);
  /** Tensors on which the loss depends through a piecewise constant kernel, with its name. */
  const constant = new Map<number, string>();
  const tape = tf.engine().state.activeTape ?? [];
  for (let i = tape.length - 1; i >= 0; i--) {
    const { kernelName, inputs, outputs } = tape[i]!;
    const isOnPath = outputs.some(({ id }) => smooth.has(id));
    const isSmooth = isOnPath && !CONSTANT.has(kernelName);
    const through = outputs.map(({ id }) => constant.get(id)).find((kernel) => kernel !== undefined);
    if (!isOnPath && through === undefined) continue;
    // Some inputs of kernels are optional.
    for (const input of Object.values(inputs) as (tf.Tensor | undefined)[]) {
      if (!input) continue;
      if (!isSmooth) constant.set(input.id, through ?? kernelName);
      else if (wanted.has(input.id)) return;
      else smooth.add(input.id);
    }
  }
  const kernel = variables.map(({ id }) => constant.get(id)).find((found) => found !== undefined);
  if (kernel === undefined) return; // no dependence at all, which tfjs reports
  throw new Error(
    `${name}: every gradient is zero, because the loss depends on the trainable parameters only through ${kernel}, which is piecewise constant; give a smooth loss, such as one of @tenfold/losses, and use such a function as a metric`,
  );
}
