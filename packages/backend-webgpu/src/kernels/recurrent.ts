import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { groupsFor, u32 } from '../program';
import { SIGMOID } from './activation-functions';
import { assertFloats } from './floats';

const THREADS = 64;

// tanh(x) = (1 − t)/(1 + t) with t = e^(−2|x|), and its series near 0, where the difference has no digits left. Without
// min, max and sign, which turn NaN into a number.
const SQUASH = `
fn squash(x: f32) -> f32 {
  let t = exp(-2.0 * abs(x));
  let s = x * x;
  let near = x * (1.0 + s * (-0.333333333 + s * (0.133333333 + s * (-0.0539682540 + s * 0.0218694885))));
  return select(select(1.0, -1.0, x < 0.0) * (1.0 - t) / (1.0 + t), near, abs(x) < 0.3);
}`;

/** A step of a recurrent layer or its gradient. Columns are multiples of the units, 0 for one row [units]. */
interface Cell {
  name: string;
  inputs: Record<string, number>;
  /** Optional names; zeros when left out. */
  optional: string[];
  outputs: Record<string, number>;
  /**
   * WGSL for one row and unit. An input `x` of one part is the number `x`, of several `x0`, `x1`, …; outputs are set in the
   * same way.
   */
  formula: string;
}

/** A kernel over rows of the batch; the first input tells their number and the units. */
function cell(kernelName: string, { name, inputs: shapes, optional, outputs, formula }: Cell): KernelConfig {
  return {
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend }) => {
      const webgpu = backend as WebgpuBackend;
      const [firstName, columns] = Object.entries(shapes)[0]!;
      const { shape } = inputs[firstName] as TensorInfo;
      const [batch, width] = shape as [number, number];
      const units = width / columns;
      if (shape.length !== 2 || !Number.isInteger(units)) {
        const row = columns === 1 ? 'units' : `${columns}·units`;
        throw new Error(`${kernelName}: ${firstName} has shape [${shape}]; expected [batch, ${row}]`);
      }
      const operands: Record<string, TensorInfo> = {};
      for (const [key, columns] of Object.entries(shapes)) {
        const info = inputs[key] as TensorInfo | undefined;
        if (info == null && optional.includes(key)) continue;
        assertFloats(kernelName, { [key]: info! }, columns ? [batch, columns * units] : [units]);
        operands[key] = info!;
      }
      const results = Object.entries(outputs).map(
        ([key, columns]) => [key, webgpu.output([batch, columns * units])] as const,
      );
      const missing = optional.filter((key) => !operands[key]);
      const size = util.sizeFromShape([batch, units]);
      webgpu.run({
        name: [name, ...missing.map((key) => `no ${key}`)].join(' '),
        inputs: operands,
        outputs: Object.fromEntries(results),
        uniforms: { units: u32(units), size: u32(size) },
        threads: THREADS,
        groups: groupsFor(Math.ceil(size / THREADS)),
        declarations: () => `${SIGMOID}${SQUASH}`,
        body: () => `
  let i = block * ${THREADS}u + lane;
  if (i >= uniforms.size) { return; }
  let units = uniforms.units;
  let row = i / units;
  let unit = i % units;
  ${places(shapes, (key, part, at) => `let ${part} = ${missing.includes(key) ? '0.0' : `load_${key}(${at})`};`)}
  ${formula}
  ${places(outputs, (key, part, at) => `store_${key}(${at}, ${part});`)}`,
      });
      return results.map(([, info]) => info);
    },
  };
}

// One line for each part of each tensor: its name and its place.
function places(
  shapes: Record<string, number>,
  line: (key: string, part: string, at: string) => string,
): string {
  return Object.entries(shapes)
    .flatMap(([key, columns]) => {
      if (columns === 0) return [line(key, key, 'unit')];
      if (columns === 1) return [line(key, key, 'i')];
      return Array.from({ length: columns }, (_, k) =>
        line(key, `${key}${k}`, `(row * ${columns}u + ${k}u) * units + unit`),
      );
    })
    .join('\n  ');
}

/** Steps of recurrent layers and their gradients; outputs in the order of backend-simd's KERNELS.md. */
export const recurrentKernels: KernelConfig[] = [
  // [i, f, g, o] = input + product; c = σ(f)·cell + σ(i)·tanh(g), h = σ(o)·tanh(c)
  cell('LstmCell', {
    name: 'lstm cell',
    inputs: { input: 4, product: 4, cell: 1 },
    optional: ['product', 'cell'],
    outputs: { state: 1, gates: 4, next: 1, tanhCell: 1 },
    formula: `
  let gates0 = sigmoid(input0 + product0);
  let gates1 = sigmoid(input1 + product1);
  let gates2 = squash(input2 + product2);
  let gates3 = sigmoid(input3 + product3);
  let next = gates1 * cell + gates0 * gates2;
  let tanhCell = squash(next);
  let state = gates3 * tanhCell;`,
  }),
  cell('LstmCellGrad', {
    name: 'lstm cell grad',
    inputs: { dstate: 1, dcell: 1, gates: 4, tanhCell: 1, cell: 1 },
    optional: ['dcell', 'cell'],
    outputs: { dsums: 4, dbefore: 1 },
    formula: `
  let dc = dstate * gates3 * (1.0 - tanhCell * tanhCell) + dcell;
  let dsums0 = dc * gates2 * gates0 * (1.0 - gates0);
  let dsums1 = dc * cell * gates1 * (1.0 - gates1);
  let dsums2 = dc * gates0 * (1.0 - gates2 * gates2);
  let dsums3 = dstate * tanhCell * gates3 * (1.0 - gates3);
  let dbefore = dc * gates1;`,
  }),
  // r, z = σ(input + product), m = product + bias, n = tanh(input + r·m); h = n + z·(state − n)
  cell('GruCell', {
    name: 'gru cell',
    inputs: { input: 3, product: 3, bias: 0, state: 1 },
    optional: ['product', 'state'],
    outputs: { next: 1, gates: 3, recurrent: 1 },
    formula: `
  let gates0 = sigmoid(input0 + product0);
  let gates1 = sigmoid(input1 + product1);
  let recurrent = product2 + bias;
  let gates2 = squash(input2 + gates0 * recurrent);
  let next = gates2 + gates1 * (state - gates2);`,
  }),
  cell('GruCellGrad', {
    name: 'gru cell grad',
    inputs: { dstate: 1, gates: 3, recurrent: 1, state: 1 },
    optional: ['state'],
    outputs: { dinput: 3, dproduct: 3, dbefore: 1 },
    formula: `
  let dinput1 = dstate * (state - gates2) * gates1 * (1.0 - gates1);
  let dinput2 = dstate * (1.0 - gates1) * (1.0 - gates2 * gates2);
  let dinput0 = dinput2 * recurrent * gates0 * (1.0 - gates0);
  let dproduct0 = dinput0;
  let dproduct1 = dinput1;
  let dproduct2 = dinput2 * gates0;
  let dbefore = dstate * gates1;`,
  }),
];
