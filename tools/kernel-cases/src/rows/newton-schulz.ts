import type { Array64 } from '../array';
import { normal } from '../inputs';
import type { Case, KernelRow } from '../row';

const [A, B, C] = [3.4445, -4.775, 2.0315];

/** [m, k]·[k, n], or with the second matrix transposed. */
function product(
  a: Float64Array,
  b: Float64Array,
  [m, k, n]: [number, number, number],
  transposed: boolean,
): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a[i * k + p]! * b[transposed ? j * k + p : p * n + j]!;
      out[i * n + j] = sum;
    }
  return out;
}

/** The iteration, always with X·Xᵀ. */
function orthogonalize({ shape, values }: Array64, steps: number): Array64 {
  const [rows, columns] = shape as [number, number];
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) + 1e-7;
  let y = values.map((value) => value / norm);
  for (let step = 0; step < steps; step++) {
    const gram = product(y, y, [rows, columns, rows], true);
    const square = product(gram, gram, [rows, rows, rows], false);
    const polynomial = gram.map((value, i) => B * value + C * square[i]!);
    const turned = product(polynomial, y, [rows, rows, columns], false);
    y = y.map((value, i) => A * value + turned[i]!);
  }
  return { shape, values: y };
}

const createCase = (shape: number[], scale = 1): Case => ({
  name: `[${shape}]${scale === 1 ? '' : `, times ${scale}`}`,
  inputs: { x: normal(shape, 7, { scale }) },
  attributes: { steps: 5 },
});
const shapes = [
  [150, 64],
  [64, 64],
  [3, 5],
  [150, 64],
  [0, 4],
  [64, 64],
  [1, 9],
  [1, 9],
];

/** Newton and Schulz's iteration toward the nearest orthogonal matrix. */
export const newtonSchulz: KernelRow = {
  kernel: 'NewtonSchulz',
  describe: {
    inputs: 'x [rows, columns]',
    attributes: 'steps',
    outputs:
      'X ← X/(‖X‖ + 1e-7), then `steps` times A = X·Xᵀ, X ← 3.4445·X + (2.0315·A² − 4.775·A)·X; ' +
      'for more rows than columns with A = Xᵀ·X from the right',
  },
  reference: ({ x }, { steps }: { steps: number }) => [orthogonalize(x!, steps)],
  cases: [
    ...[
      [1, 1],
      [5, 3],
      [3, 5],
      [150, 64],
      [64, 300],
      [0, 4],
    ].map((shape) => createCase(shape)),
    ...[0, 80, 1e15, 1e-5].map((scale) => createCase([3, 4], scale)),
  ],
  tolerance: { absolute: 3e-5, relative: 3e-5 },
  list: {
    kernel: 'NewtonSchulzList',
    describe: {
      inputs: 'a list of matrices [rows, columns] of any shapes',
      attributes: 'steps',
      outputs: '`NewtonSchulz` of each; matrices of one shape go through their products together',
    },
    shapes,
    columns: { x: (shape, seed) => normal(shape, seed) },
    attributes: { steps: 5 },
    attributesOf: () => ({ steps: 5 }),
  },
};
