import type * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './batch';
import { tensorEntries } from './tensors';

type Values = ArrayLike<number>;
type Read = (tensor: tf.Tensor) => Values;

/** The numbers that a loss takes. */
interface Range {
  readonly expected: string;
  accepts(value: number): boolean;
}

/**
 * Explains what is wrong with a batch whose loss is not finite, or returns undefined. Reads tensors synchronously.
 *
 * @param by the loss function, which may declare its domain as those of `@tenfold/losses` do
 * @param penalty the part of the loss that is of the regularizer
 */
export function explainDivergence(
  batch: Batch<unknown, unknown>,
  predictions: unknown,
  loss: number,
  by: unknown,
  penalty?: tf.Tensor,
): string | undefined {
  return findCause(batch, predictions, loss, by, penalty, (tensor) => tensor.dataSync());
}

/** The asynchronous variant, for backends that cannot read synchronously. */
export async function explainDivergenceLater(
  batch: Batch<unknown, unknown>,
  predictions: unknown,
  loss: number,
  by: unknown,
  penalty?: tf.Tensor,
): Promise<string | undefined> {
  const tensors = [batch.xs, batch.ys, predictions, penalty].flatMap((value) =>
    (tensorEntries(value) ?? []).map(([, t]) => t),
  );
  const values = new Map<tf.Tensor, Values>();
  for (const tensor of tensors) values.set(tensor, await tensor.data());
  return findCause(batch, predictions, loss, by, penalty, (tensor) => values.get(tensor)!);
}

const findCause = (
  batch: Batch<unknown, unknown>,
  predictions: unknown,
  loss: number,
  by: unknown,
  penalty: tf.Tensor | undefined,
  read: Read,
): string | undefined =>
  findLabel(batch, predictions, read) ??
  findNumber(batch, read) ??
  findWeight(batch.ys, read) ??
  findPenalty(predictions, penalty, read) ??
  findOutside(batch.ys, predictions, by, read) ??
  (Number.isNaN(loss) ? findDomain(batch.ys, predictions, read) : undefined);

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
        return `${what}${name && `.${name}`} has ${bad} NaN or infinite ${bad === 1 ? 'value' : 'values'} among its ${values.length}; leave ${bad === 1 ? 'this example' : 'these examples'} out`;
      }
    }
  }
  return undefined;
}

/** Explains a negative number in an entry of the labels that is named as weights. */
function findWeight(ys: unknown, read: Read): string | undefined {
  for (const [name, tensor] of tensorEntries(ys) ?? []) {
    if (!/weight/i.test(name)) continue;
    const wrong = Array.from(read(tensor)).find((weight) => weight < 0);
    if (wrong !== undefined) return `ys.${name} has the weight ${wrong}; give weights of at least 0`;
  }
  return undefined;
}

/** Explains a penalty that is not finite. Where predictions are not finite either, the parameters are the cause of both. */
function findPenalty(predictions: unknown, penalty: tf.Tensor | undefined, read: Read): string | undefined {
  const value = penalty && read(penalty)[0]!;
  if (value === undefined || Number.isFinite(value)) return undefined;
  const all = (tensorEntries(predictions) ?? []).flatMap(([, tensor]) => Array.from(read(tensor)));
  return all.every(Number.isFinite)
    ? `the penalty of the regularizer is ${value}, while the predictions are finite; check the regularizer for divisions by 0, logarithms and large squares`
    : undefined;
}

/** Explains a label or prediction outside the domain that the loss declares. */
function findOutside(ys: unknown, predictions: unknown, by: unknown, read: Read): string | undefined {
  if (typeof by !== 'function') return undefined;
  const { domain, name } = by as { domain?: { labels?: Range; predictions?: Range }; name: string };
  const outside = (range: Range | undefined, value: unknown) =>
    range &&
    (tensorEntries(value) ?? [])
      .flatMap(([, tensor]) => Array.from(read(tensor)))
      .find((number) => !Number.isNaN(number) && !range.accepts(number));
  const label = outside(domain?.labels, ys);
  if (label !== undefined)
    return `ys has the label ${label}; the labels of ${name} are ${domain!.labels!.expected}`;
  const prediction = outside(domain?.predictions, predictions);
  return prediction === undefined
    ? undefined
    : `the model predicts ${Number(prediction.toPrecision(3))}; the predictions of ${name} are ${domain!.predictions!.expected}`;
}

/** Explains a loss of NaN where nothing else is NaN or infinite: its arguments must be outside its domain. */
function findDomain(ys: unknown, predictions: unknown, read: Read): string | undefined {
  const range = (value: unknown) => {
    const all = (tensorEntries(value) ?? []).flatMap(([, tensor]) => Array.from(read(tensor)));
    if (all.length === 0 || !all.every(Number.isFinite)) return undefined;
    const [low, high] = all.reduce(
      ([low, high], x) => [Math.min(low!, x), Math.max(high!, x)],
      [all[0]!, all[0]!],
    );
    const short = (x: number) => Number(x.toPrecision(3));
    return `from ${short(low!)} to ${short(high!)}`;
  };
  const [labels, scores] = [range(ys), range(predictions)];
  if (!labels || !scores) return undefined;
  return `ys has numbers ${labels} and the predictions are ${scores}, for which the loss is undefined; losses of probabilities take predictions in [0, 1] (for logits use a softmax or logits loss), losses of classes take integers as labels, weights are at least 0, and for other numbers use a loss such as meanSquaredError`;
}
