import { assertOptions, either, index, type Kinds, required, seed as seedKind, show } from '@tenfold/checks';
import { createRng, type Rng } from '@tenfold/random';
import { type Arrays, countExamples, pickExamples } from './arrays';
import { forkStream, rngKind } from './epoch-plan';
import { checkImageSet, type ImageSet, type Labels } from './image-set';
import { subset } from './subset';
import { checkVectorSet, type VectorSet } from './synthetic/vector-set';

/** Options of {@link split}. */
export interface SplitOptions {
  /** The number of examples to hold out, or a fraction below 1. */
  validation: number;
  /** Seed of the random choice. Default 0. */
  seed?: number;
  /** The stream of the random choice, instead of `seed`. */
  rng?: Rng;
}

/** Examples and labels, of any kind that {@link fromArrays} accepts. */
export interface ArraySet {
  /** The examples. */
  readonly xs: Arrays;
  /** Their labels. */
  readonly ys: Arrays;
}

const share = {
  expected: 'a fraction between 0 and 1',
  accepts: (v: unknown) => typeof v === 'number' && v > 0 && v < 1,
};
const splitKinds: Kinds<SplitOptions> = {
  validation: required(either(index, share)),
  seed: seedKind,
  rng: rngKind,
};

/**
 * Holds out random examples for validation. For images and points the split is stratified: both parts have the same proportions of
 * classes.
 *
 * A class with n of N examples contributes validation · n / N of them. The examples that remain after rounding come from the classes
 * with the largest remainders. Both parts keep the order of the set.
 *
 * @param data images, points, or any arrays as `{ xs, ys }`
 * @returns copies of both parts, `validation` and `train`; tensors are new ones, which the caller disposes
 * @throws when `validation` is not a valid number of examples, or the data have another form
 * @example
 * const { train, validation } = split(dataset.train, { validation: 5000, seed: 1 }); // of CIFAR-10: 4500 and 500 of each class
 * const parts = split({ xs: [[1, 2], [3, 4]], ys: [0.5, 0.7] }, { validation: 0.5 });
 * const source = fromArrays(parts.train.xs, parts.train.ys, { batchSize: 1 });
 */
export function split<Data extends ImageSet | VectorSet | ArraySet>(
  data: Data,
  options: SplitOptions,
): { train: Data; validation: Data };
export function split(
  data: ImageSet | VectorSet | ArraySet,
  options: SplitOptions,
): { train: ImageSet | VectorSet | ArraySet; validation: ImageSet | VectorSet | ArraySet } {
  assertOptions('split', options, splitKinds);
  const { validation, seed = 0, rng = createRng(seed) } = options;
  const { count, labels, pick } = describeForm(data);
  const size = validation < 1 ? Math.round(validation * count) : validation;
  if (size > count) throw new Error(`split: validation is ${validation}; give an integer from 0 to ${count}`);
  const held = labels ? chooseByClass(labels, size, rng) : chooseAny(count, size, rng);
  const where = (value: number) => Uint32Array.from([...held.keys()].filter((i) => held[i] === value));
  return { train: pick(where(0)), validation: pick(where(1)) };
}

interface Form {
  count: number;
  /** Class indices, if there are any. */
  labels?: Labels;
  pick(indices: Uint32Array): ImageSet | VectorSet | ArraySet;
}

function describeForm(data: ImageSet | VectorSet | ArraySet): Form {
  if (typeof data !== 'object' || data === null) {
    throw new Error(`split: the data is ${show(data)}; give an image set, points, or { xs, ys }`);
  }
  if ('xs' in data) {
    return {
      count: countExamples('split', { xs: data.xs, ys: data.ys }),
      pick: (indices) => ({ xs: pickExamples(data.xs, indices), ys: pickExamples(data.ys, indices) }),
    };
  }
  if ('points' in data) {
    checkVectorSet('split', data);
    const { count, labels, points, features } = data;
    return {
      count,
      labels,
      pick: (indices) => ({
        ...data,
        points: Float32Array.from({ length: indices.length * features }, (_, i) => {
          return points[indices[Math.floor(i / features)]! * features + (i % features)]!;
        }),
        labels: pickExamples(labels, indices),
        count: indices.length,
      }),
    };
  }
  checkImageSet('split', data);
  return { count: data.count, labels: data.labels, pick: (indices) => subset(data, indices) };
}

function chooseAny(count: number, size: number, rng: Rng): Uint8Array {
  const held = new Uint8Array(count);
  for (const i of forkStream('split', rng, 'split').permutation(count).subarray(0, size)) held[i] = 1;
  return held;
}

function chooseByClass(labels: Labels, size: number, rng: Rng): Uint8Array {
  const classes = indicesByClass(labels);
  const shares = proportionalShares(
    classes.map(([, indices]) => indices.length),
    size,
  );
  const held = new Uint8Array(labels.length);
  classes.forEach(([label, indices], i) => {
    const order = forkStream('split', rng, 'split', label).permutation(indices.length);
    for (const position of order.subarray(0, shares[i])) held[indices[position]!] = 1;
  });
  return held;
}

/** The examples of each class, in ascending order of class index. */
function indicesByClass(labels: Labels): [label: number, indices: number[]][] {
  const classes = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const indices = classes.get(labels[i]!) ?? [];
    if (indices.push(i) === 1) classes.set(labels[i]!, indices);
  }
  return [...classes].sort(([a], [b]) => a - b);
}

/** Integers proportional to `sizes` with the given sum, by the largest remainder method. */
function proportionalShares(sizes: readonly number[], total: number): number[] {
  const sum = sizes.reduce((s, size) => s + size, 0);
  const exact = sizes.map((size) => (sum === 0 ? 0 : (size * total) / sum));
  const shares = exact.map(Math.floor);
  const byRemainder = [...sizes.keys()].sort(
    (a, b) => exact[b]! - shares[b]! - (exact[a]! - shares[a]!) || a - b,
  );
  const left = total - shares.reduce((s, share) => s + share, 0);
  for (const label of byRemainder.slice(0, left)) shares[label]!++;
  return shares;
}
