import type * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './batch';
import { tensorEntries } from './tensors';

type Values = ArrayLike<number>;
type Read = (tensor: tf.Tensor) => Values;

/** What is wrong with a batch whose loss is not finite; undefined where nothing is. Reads the tensors at once. */
export function explainDivergence(batch: Batch<unknown, unknown>, predictions: unknown): string | undefined {
  const read: Read = (tensor) => tensor.dataSync();
  return findLabel(batch, predictions, read) ?? findNumber(batch, read);
}

/** The same where a read-back has to be waited for. */
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

/** A class index that the predictions have no class for, or that is not an index at all. */
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
  // Where no label is a class and some are fractions, they are not class indices but targets of a regression.
  if (!values.some(isClass) && values.some((label) => label % 1 !== 0 && !Number.isNaN(label)))
    return undefined;
  const wrong = values.find((label) => !isClass(label));
  return wrong === undefined
    ? undefined
    : `ys has the label ${wrong} but the predictions have ${classes} classes; labels are integers from 0 to ${classes - 1}`;
}

/** Labels that have one number where the predictions have one for every class. */
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
