import { type Array64, make, map } from '../array';
import { normal, values } from '../inputs';
import type { Case, KernelRow } from '../row';

const shapes = [[1, 1], [3], [7, 3], [65, 10], [2, 64, 65], [500, 100], [3, 70_000]];

/** For every row of the last axis its values' sum. */
function rowSums({ shape, values }: Array64): Float64Array {
  const n = shape.at(-1)!;
  const sums = new Float64Array(values.length / n);
  values.forEach((value, i) => {
    sums[Math.floor(i / n)]! += value;
  });
  return sums;
}

function computeSoftmax(logits: Array64): Array64 {
  const n = logits.shape.at(-1)!;
  const largest = new Float64Array(logits.values.length / n).fill(Number.NEGATIVE_INFINITY);
  logits.values.forEach((value, i) => {
    const row = Math.floor(i / n);
    largest[row] = Math.max(largest[row]!, value);
  });
  const exponentials = map(logits, (value, i) => Math.exp(value - largest[Math.floor(i / n)]!));
  const sums = rowSums(exponentials);
  return map(exponentials, (value, i) => value / sums[Math.floor(i / n)]!);
}

const createCase = (shape: number[]): Case => ({
  name: `[${shape}]`,
  inputs: { logits: normal(shape, 1, { scale: 3 }) },
  attributes: { dim: -1 },
});

const ends = values([80, -80, 0, 0, Number.NEGATIVE_INFINITY, Math.log(3)], [2, 3]);

/** Softmax along the last axis, a kernel of tfjs, and its gradient. */
export const softmax: KernelRow = {
  kernel: 'Softmax',
  reference: ({ logits }) => [computeSoftmax(logits!)],
  cases: [
    ...shapes.map(createCase),
    { name: '±80 and −∞', inputs: { logits: ends }, attributes: { dim: -1 }, extreme: true },
    { ...createCase([3072, 64, 64]), speed: true, examples: ['logits'] },
  ],
  tolerance: { absolute: 1e-7, relative: 1e-5 },
  gradient: {
    kernel: 'SoftmaxGrad',
    describe: { inputs: 'dy, y [..., classes]', attributes: '', outputs: 'dx = y·(dy − Σ dy·y)' },
    saved: (_, [y]) => ({ y: y! }),
    attributes: () => ({}),
    outputs: ['logits'],
    reference: ({ dy, y }) => {
      const n = y!.shape.at(-1)!;
      const sums = rowSums(map(y!, (value, i) => value * dy!.values[i]!));
      return [map(y!, (value, i) => value * (dy!.values[i]! - sums[Math.floor(i / n)]!))];
    },
    tolerance: { absolute: 1e-6, relative: 1e-5 },
  },
};

const labeled = (shape: number[]): Case => ({
  name: `[${shape}]`,
  inputs: {
    logits: normal(shape, 1, { scale: 3 }),
    labels: {
      shape,
      // Every third class has no share.
      values: () =>
        normal(shape, 2)
          .values()
          .map((value, i) => (i % 3 === 1 ? 0 : Math.abs(value))),
    },
  },
  attributes: {},
});

/** Cross-entropy of logits and probabilities, with the softmax of the logits. */
export const softmaxCrossEntropy: KernelRow = {
  kernel: 'SoftmaxCrossEntropy',
  describe: {
    inputs: 'logits, labels [..., classes]',
    attributes: '',
    outputs: 'loss [...] = −Σ labels·ln softmax(logits), with 0·ln 0 = 0; softmax(logits)',
  },
  reference: ({ logits, labels }) => {
    const n = logits!.shape.at(-1)!;
    const y = computeSoftmax(logits!);
    const terms = map(labels!, (label, i) => (label === 0 ? 0 : -label * Math.log(y.values[i]!)));
    const loss = rowSums(terms);
    return [
      make(logits!.shape.slice(0, -1), (row) => loss[row]!),
      { shape: logits!.shape, values: y.values },
    ].map((output) => (n === 0 ? map(output, () => 0) : output));
  },
  cases: [
    ...shapes.map(labeled),
    {
      name: '±80, and −∞ where the label is 0',
      inputs: { logits: ends, labels: values([0, 1, 0, 1, 0, 0], [2, 3]) },
      attributes: {},
      extreme: true,
    },
    { ...labeled([5000, 10]), speed: true, examples: ['logits', 'labels'] },
  ],
  tolerance: [
    { absolute: 1e-5, relative: 1e-5 },
    { absolute: 1e-7, relative: 1e-5 },
  ],
};
