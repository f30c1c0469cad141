import type * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './batch';
import { tensorEntries } from './tensors';

type Values = ArrayLike<number>;
type Read = (tensor: tf.Tensor) => Values;

/** Explains what is wrong with a batch whose loss is not finite, or returns undefined. Reads tensors synchronously. */
export function explainDivergence(batch: Batch<unknown, unknown>, predictions: unknown): string | undefined {
  const read: Read = (tensor) => tensor.dataSync();
  return findLabel(batch, predictions, read) ?? findNumber(batch, read);
}

/** The asynchronous variant, for backends that cannot read synchronously. */
export async function explainDivergenceLater(
  batch: Batch<unknown, unknown>,
  predictions: unknown,
): Promise<string | undefined> {
  const tensors = [batch.xs, batch.ys].flatMap((value) => (tensorEntries(value) ?? []).map(([, t]) => t));
  const values = new Map<tf.Tensor, Values>();
  for (const tensor of tensors) values.set(tensor, await tensor.data());
  const read: Read = (tensor) => values.get(tensor)!;
  return findLabel(batch, predictions, read) ?? findNumber(batch, read);
}

/** Explains a label that is not a class index of the predictions. */
export async function explainLabels(ys: unknown, predictions: unknown): Promise<string | undefined> {
  const labels = classIndices(ys, predictions)?.labels;
  if (!labels) return undefined;
  const values = await labels.data();
  return findLabel({ xs: undefined, ys }, predictions, () => values);
}

function findLabel({ ys }: Batch<unknown, unknown>, predictions: unknown, read: Read): string | undefined {
  const found = classIndices(ys, predictions);
  if (!found) return undefined;
  const { labels, classes } = found;
  const values = Array.from(read(labels));
  const isClass = (label: number) => Number.isInteger(label) && label >= 0 && label < classes;
  // If no label is a class and some are fractions, they are regression targets.
  if (!values.some(isClass) && values.some((label) => label % 1 !== 0 && !Number.isNaN(label)))
    return undefined;
  const wrong = values.find((label) => !isClass(label));
  return wrong === undefined
    ? undefined
    : `ys has the label ${wrong} but the predictions have ${classes} classes; labels are integers from 0 to ${classes - 1}`;
}

/** Finds class indices: labels with one number where the predictions have one per class. */
function classIndices(ys: unknown, predictions: unknown): { labels: tf.Tensor; classes: number } | undefined {
  const [labels, ...others] = tensorEntries(ys) ?? [];
  const [scores, ...rest] = tensorEntries(predictions) ?? [];
  if (!labels || !scores || others.length > 0 || rest.length > 0) return undefined;
  const expected = scores[1].shape.slice(0, -1);
  const classes = scores[1].shape.at(-1) ?? 0;
  if (classes < 2 || labels[1].shape.join() !== expected.join()) return undefined;
  return { labels: labels[1], classes };
}

function findNumber(batch: Batch<unknown, unknown>, read: Read): string | undefined {
  for (const what of ['xs', 'ys'] as const) {
    for (const [name, tensor] of tensorEntries(batch[what]) ?? []) {
      const values = Array.from(read(tensor));
      const bad = values.filter((value) => !Number.isFinite(value)).length;
      if (bad > 0) {
        return `${what}${name && `.${name}`} has ${bad} NaN or infinite values among its ${values.length}; leave these examples out`;
      }
    }
  }
  return undefined;
}
