import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './batch';
import { tensorEntries } from './tensors';

type Values = ArrayLike<number>;
type Read = (tensor: tf.Tensor) => Values;

/** The numbers that a loss takes. */
interface Range {
  readonly expected: string;
  accepts(value: number): boolean;
}

/** What a loss was computed from. */
interface Computed {
  batch: Batch<unknown, unknown>;
  predictions: unknown;
  loss: number;
  /** The loss function, which may declare its domain as those of `@tenfold/losses` do. */
  by: unknown;
  /** The part of the loss that is of the regularizer. */
  penalty?: tf.Tensor | undefined;
  classWeights?: readonly number[] | undefined;
}

/** Explains what is wrong with a batch whose loss is not finite, or returns undefined. Reads tensors synchronously. */
export function explainDivergence(computed: Computed): string | undefined {
  const read: Read = (tensor) => tensor.dataSync();
  const { batch, predictions, by } = computed;
  const label = wrongLabels(batch.ys, predictions, read).find((label) => {
    const value = tryLabel(batch.ys, predictions, by, label);
    const isHarmless = value !== undefined && Number.isFinite(value.dataSync()[0]);
    value?.dispose();
    return !isHarmless;
  });
  return findCause(computed, label, read);
}

/** The asynchronous variant, for backends that cannot read synchronously. */
export async function explainDivergenceLater(computed: Computed): Promise<string | undefined> {
  const { batch, predictions, by, penalty } = computed;
  const tensors = [batch.xs, batch.ys, predictions, penalty].flatMap((value) =>
    (tensorEntries(value) ?? []).map(([, t]) => t),
  );
  const values = new Map<tf.Tensor, Values>();
  for (const tensor of tensors) values.set(tensor, await tensor.data());
  const read: Read = (tensor) => values.get(tensor)!;
  return findCause(computed, await findHarmful(batch.ys, predictions, by, read), read);
}

const findCause = (
  { batch, predictions, loss, by, penalty, classWeights }: Computed,
  label: number | undefined,
  read: Read,
): string | undefined =>
  describeLabel(label, batch.ys, predictions) ??
  findNumber(batch, read) ??
  findWeight(batch.ys, read) ??
  findUnweighted(batch.ys, predictions, classWeights, read) ??
  findPenalty(predictions, penalty, read) ??
  findOutside(batch.ys, predictions, by, read) ??
  (Number.isNaN(loss) ? findDomain(batch.ys, predictions, read) : undefined);

/** Explains a label that is not a class index of the predictions, and that the loss does not ignore. */
export async function explainLabels(
  ys: unknown,
  predictions: unknown,
  by: unknown,
): Promise<string | undefined> {
  const labels = classIndices(ys, predictions)?.labels;
  if (!labels) return undefined;
  const values = await labels.data();
  return describeLabel(await findHarmful(ys, predictions, by, () => values), ys, predictions);
}

const describeLabel = (label: number | undefined, ys: unknown, predictions: unknown): string | undefined => {
  const { classes } = classIndices(ys, predictions) ?? {};
  return label === undefined || classes === undefined
    ? undefined
    : `ys has the label ${label} but the predictions have ${classes} classes; labels are integers from 0 to ${classes - 1}`;
};

/** The labels that are not class indices, each once. */
function wrongLabels(ys: unknown, predictions: unknown, read: Read): number[] {
  const found = classIndices(ys, predictions);
  if (!found) return [];
  const { labels, classes } = found;
  const values = Array.from(read(labels));
  const isClass = (label: number) => Number.isInteger(label) && label >= 0 && label < classes;
  // If no label is a class and some are fractions, they are regression targets.
  if (!values.some(isClass) && values.some((label) => label % 1 !== 0 && !Number.isNaN(label))) return [];
  // A loss ignores few labels; more are other numbers, and each is tried.
  return [...new Set(values.filter((label) => !isClass(label)))].slice(0, 16);
}

async function findHarmful(
  ys: unknown,
  predictions: unknown,
  by: unknown,
  read: Read,
): Promise<number | undefined> {
  for (const label of wrongLabels(ys, predictions, read)) {
    const value = tryLabel(ys, predictions, by, label);
    const isHarmless = value !== undefined && Number.isFinite((await value.data())[0]);
    value?.dispose();
    if (!isHarmless) return label;
  }
  return undefined;
}

/**
 * Computes the loss of predictions of 0 and labels that are this one and the class 0: it is finite if the loss ignores the label, as
 * `ignoreIndex` does. Undefined if there is no such loss.
 */
function tryLabel(ys: unknown, predictions: unknown, by: unknown, label: number): tf.Tensor | undefined {
  const found = classIndices(ys, predictions);
  if (!found || typeof by !== 'function' || Number.isNaN(label)) return undefined;
  const { labels, scores } = found;
  try {
    return tf.tidy(() => {
      const index = tf.reshape(tf.range(0, labels.size, 1, 'int32'), labels.shape);
      const one = tf.cast(tf.equal(index, 0), labels.dtype);
      const value: unknown = by(tf.mul(one, tf.scalar(label, labels.dtype)), tf.zerosLike(scores), {});
      return value instanceof tf.Tensor ? tf.sum(value) : undefined;
    });
  } catch {
    // It takes something else.
    return undefined;
  }
}

/** Finds class indices: labels with one number where the predictions have one per class. */
function classIndices(
  ys: unknown,
  predictions: unknown,
): { labels: tf.Tensor; scores: tf.Tensor; classes: number } | undefined {
  const [labels, ...others] = tensorEntries(ys) ?? [];
  const [scores, ...rest] = tensorEntries(predictions) ?? [];
  if (!labels || !scores || others.length > 0 || rest.length > 0) return undefined;
  const expected = scores[1].shape.slice(0, -1);
  const classes = scores[1].shape.at(-1) ?? 0;
  if (classes < 2 || labels[1].shape.join() !== expected.join()) return undefined;
  return { labels: labels[1], scores: scores[1], classes };
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

/** Explains a label of two classes that has no weight, such as −1 of losses of margins. */
function findUnweighted(
  ys: unknown,
  predictions: unknown,
  classWeights: readonly number[] | undefined,
  read: Read,
): string | undefined {
  if (classWeights?.length !== 2 || !(ys instanceof tf.Tensor) || classIndices(ys, predictions))
    return undefined;
  const isSoft = ys.rank > 1 && ys.shape.at(-1)! > 1;
  const wrong = isSoft ? undefined : Array.from(read(ys)).find((label) => label !== 0 && label !== 1);
  return wrong === undefined
    ? undefined
    : `ys has the label ${wrong}, for which classWeights has no weight: it has those of 0 and 1; leave it out, and give the loss the option weights`;
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
