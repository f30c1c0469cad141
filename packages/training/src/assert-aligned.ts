import * as tf from '@tensorflow/tfjs-core';
import { tensorEntries } from './tensors';

/**
 * Throws when a loss broadcasts labels [n] against predictions [n, 1], which gives all n² differences instead of n: a network
 * then learns the mean of the labels, and the loss looks like any other. It reads tfjs's tape back to the predictions.
 *
 * Other tensors of these shapes pass, such as those of a loss that compares all pairs on purpose.
 *
 * @param labels what the loss was called with
 * @param predictions what the model returned
 */
export function assertAligned(labels: unknown, predictions: unknown): void {
  const targets = new Map(tensorEntries(labels)?.map(([name, { id }]) => [id, name]));
  const outputs = new Set(tensorEntries(predictions)?.map(([, { id }]) => id));
  const tape = tf.engine().state.activeTape ?? [];
  for (let i = tape.length - 1; i >= 0; i--) {
    const { inputs, outputs: results } = tape[i]!;
    if (results.some(({ id }) => outputs.has(id))) return;
    const [a, b, ...more] = Object.values(inputs) as tf.Tensor[];
    if (!a || !b || more.length > 0) continue;
    const [label, prediction] = targets.has(a.id) ? [a, b] : [b, a];
    const n = label.shape[0]!;
    const isPair = targets.has(label.id) && outputs.has(prediction.id);
    if (!isPair || label.rank !== 1 || n === 1) continue;
    if (prediction.rank !== 2 || prediction.shape[0] !== n || prediction.shape[1] !== 1) continue;
    const name = targets.get(label.id);
    throw new Error(
      `the loss: labels${name ? ` ${name}` : ''} [${n}] and predictions [${n},1] broadcast to [${n},${n}], so every label is compared with every prediction; give labels such as [[1], [2], …], or use tf.squeeze(predictions, [1]) in the loss`,
    );
  }
}
