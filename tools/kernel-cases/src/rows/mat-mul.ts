import { type Array64, shapeSize } from '../array';
import { applyEpilogue, epilogueAttributes, epilogueInputs, epilogueNames } from '../epilogue';
import { normal, values } from '../inputs';
import type { Case, KernelRow } from '../row';

interface Attributes {
  transposeA: boolean;
  transposeB: boolean;
}
type Shape = readonly number[];

/** The leading axes of a product, which broadcast. */
function outerShape(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    return x === 1 ? (b[i - rank + b.length] ?? 1) : x;
  });
}

/** The index in `shape` that element `flat` of `outer` reads. */
function broadcastIndex(flat: number, outer: Shape, shape: Shape): number {
  let [index, stride, rest] = [0, 1, flat];
  for (let axis = 1; axis <= shape.length; axis++) {
    const size = outer.at(-axis)!;
    if (shape.at(-axis) !== 1) index += (rest % size) * stride;
    rest = Math.floor(rest / size);
    stride *= shape.at(-axis)!;
  }
  return index;
}

/** The product of the last two axes by its definition. */
function product(a: Array64, b: Array64, { transposeA, transposeB }: Attributes): Array64 {
  const [rows, columns] = a.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [columns, rows] : [rows, columns];
  const n = b.shape.at(transposeB ? -2 : -1)!;
  const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const outer = outerShape(outerA, outerB);
  const values = new Float64Array(shapeSize(outer) * m * n);
  for (let batch = 0; batch < shapeSize(outer); batch++) {
    const atA = broadcastIndex(batch, outer, outerA) * m * k;
    const atB = broadcastIndex(batch, outer, outerB) * k * n;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let p = 0; p < k; p++)
          sum +=
            a.values[atA + (transposeA ? p * m + i : i * k + p)]! *
            b.values[atB + (transposeB ? j * k + p : p * n + j)]!;
        values[(batch * m + i) * n + j] = sum;
      }
    }
  }
  return { shape: [...outer, m, n], values };
}

const swap = (shape: Shape): Shape => [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!];
const shapes: [Shape, Shape][] = [
  [
    [1, 1],
    [1, 1],
  ],
  [
    [3, 5],
    [5, 7],
  ],
  [
    [1, 300],
    [300, 1],
  ],
  [
    [1, 1030],
    [1030, 1101],
  ],
  [
    [1, 3],
    [3, 130],
  ],
  [
    [64, 640],
    [640, 256],
  ],
  [
    [65, 641],
    [641, 257],
  ],
  [
    [130, 1300],
    [1300, 70],
  ],
  [
    [250, 128],
    [128, 10],
  ],
  [
    [2, 3, 4, 5],
    [2, 3, 5, 6],
  ],
  [
    [40, 17, 9],
    [40, 9, 13],
  ],
  [
    [7, 4, 5],
    [1, 5, 6],
  ],
  [
    [1, 4, 5],
    [7, 5, 6],
  ],
  [
    [2, 1, 4, 5],
    [1, 3, 5, 6],
  ],
  [
    [4, 5],
    [3, 5, 6],
  ],
  [
    [0, 5],
    [5, 6],
  ],
  [
    [4, 0],
    [0, 6],
  ],
];
const flags = [false, true];

function createCase(a: Shape, b: Shape, transposeA: boolean, transposeB: boolean): Case {
  const [left, right] = [transposeA ? swap(a) : a, transposeB ? swap(b) : b];
  return {
    name: `[${left}]${transposeA ? 'ᵀ' : ''} × [${right}]${transposeB ? 'ᵀ' : ''}`,
    inputs: { a: normal(left, 1), b: normal(right, 2) },
    attributes: { transposeA, transposeB },
  };
}

type Product = [a: Shape, b: Shape, transposeA?: boolean, transposeB?: boolean];
/** Products of trainings whose left matrix has a row for each example. */
const ofExamples: Product[] = [
  [
    [768, 768],
    [768, 768],
  ],
  [
    [500, 3072],
    [3072, 2048],
  ],
  [[500, 2048], [2048, 3072], false, true],
  [
    [250, 128],
    [128, 10],
  ],
  [
    [1, 2048],
    [2048, 2048],
  ],
  [[1, 2048], [2048, 2048], false, true],
  [
    [8000, 128],
    [128, 384],
  ],
  [
    [8000, 128],
    [128, 128],
  ],
  [
    [8000, 256],
    [256, 128],
  ],
  [[8000, 256], [256, 128], false, true],
  [
    [8125, 384],
    [384, 384],
  ],
];
/** Those that sum over examples, and those of the heads of attention. */
const overExamples: Product[] = [
  [[3072, 500], [500, 2048], true],
  [[128, 8000], [8000, 256], true],
];
const ofHeads: Product[] = [
  [[500, 64, 32], [500, 32, 64], false, true],
  [
    [500, 64, 64],
    [500, 64, 32],
  ],
  [[500, 64, 64], [500, 64, 32], true],
];
/** Small ones. */
const small: Product[] = [
  [
    [512, 512],
    [512, 512],
  ],
  [
    [2048, 64],
    [64, 64],
  ],
  [[64, 2048], [2048, 64], true],
  [[2048, 64], [64, 128], false, true],
];
const ofTraining = (
  [a, b, transposeA = false, transposeB = false]: Product,
  examples: readonly string[],
): Case => ({ ...createCase(a, b, transposeA, transposeB), speed: true, examples });

/** The product of matrices, batches of them broadcast. */
export const batchMatMul: KernelRow = {
  kernel: 'BatchMatMul',
  reference: ({ a, b }, attributes: Attributes) => [product(a!, b!, attributes)],
  cases: [
    ...shapes.flatMap(([a, b]) =>
      flags.flatMap((transposeA) => flags.map((transposeB) => createCase(a, b, transposeA, transposeB))),
    ),
    ...ofExamples.map((one) => ofTraining(one, ['a'])),
    ...[...overExamples, ...ofHeads].map((one) => ofTraining(one, ['a', 'b'])),
    ...small.map((one) => ofTraining(one, [])),
  ],
  tolerance: { rms: 1e-6 },
};

interface FusedAttributes extends Attributes {
  activation: string;
}

const withEnding = (product: Case, more: Case['inputs'], activation: string): Case => ({
  name: `${product.name}${more.bias ? '' : ' without bias'}, ${activation}`,
  inputs: { ...product.inputs, ...more, ...epilogueInputs(activation) },
  attributes: { ...product.attributes, activation, ...epilogueAttributes },
});
const ends = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1, 80, 2000];
const extremes: Case = {
  name: 'NaN, infinities, ±80 and ±2000',
  inputs: { a: values(ends, [6, 1]), b: values([1, -1, 1, -1], [1, 4]) },
  attributes: { transposeA: false, transposeB: false },
};

/** A product with a bias and an activation. */
export const fusedMatMul: KernelRow = {
  kernel: '_FusedMatMul',
  reference: ({ a, b, bias }, attributes: FusedAttributes) => {
    return [applyEpilogue(product(a!, b!, attributes), bias, attributes.activation)];
  },
  cases: [
    ...epilogueNames.flatMap((activation) => [
      ...[[9, false] as const, [1, false] as const, [1, true] as const].map(([rows, transposeB]): Case => {
        const product = createCase([rows, 33], [33, 11], false, transposeB);
        return withEnding(product, { bias: normal([11], 3) }, activation);
      }),
      { ...withEnding(extremes, { bias: normal([4], 3) }, activation), extreme: true as const },
    ]),
    withEnding(createCase([6, 8], [8, 8], false, false), {}, 'relu'),
    // So long a sum that backends may split it.
    ...['sigmoid', 'relu'].map((activation) => {
      const product = createCase([4, 3000], [3000, 12], false, false);
      const b = normal([3000, 12], 2, { scale: 1 / 3000 });
      return withEnding(product, { b, bias: normal([12], 3) }, activation);
    }),
  ],
  tolerance: { rms: 1e-6 },
};
