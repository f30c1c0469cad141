import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import { floats } from './floats';
import { grainOf } from './grain';

/** A unit's exponentials and divisions cost this many times a copy. */
const FORWARD_WORK = 50;
const BACKWARD_WORK = 10;

/** What a kernel reads and writes, in the order of its arguments: columns as multiples of the units, 0 for one row [units]. */
interface Operands {
  inputs: Record<string, number>;
  /** Names that may be left out: zeros then. */
  optional: string[];
  outputs: number[];
}

/** A kernel over rows of the batch; the first input tells their number and the units. */
function cell(
  kernelName: string,
  name: string,
  work: number,
  { inputs: shapes, optional, outputs }: Operands,
): KernelConfig {
  return {
    kernelName,
    backendName: 'simd',
    kernelFunc: ({ inputs, backend }) => {
      const simd = backend as SimdBackend;
      const [firstName, columns] = Object.entries(shapes)[0]!;
      const { shape } = inputs[firstName] as TensorInfo;
      const [batch, width] = shape as [number, number];
      const units = width / columns;
      if (shape.length !== 2 || !Number.isInteger(units)) {
        const row = columns === 1 ? 'units' : `${columns}·units`;
        throw new Error(`${kernelName}: ${firstName} has shape [${shape}]; expected [batch, ${row}]`);
      }
      const from = Object.entries(shapes).map(([key, columns]) => {
        const info = inputs[key] as TensorInfo | undefined;
        if (info == null && optional.includes(key)) return 0;
        return floats(simd, kernelName, { [key]: info! }, columns ? [batch, columns * units] : [units])[0]!;
      });
      const made = outputs.map((columns) => simd.output([batch, columns * units]));
      const pointers = [...from, ...made.map((out) => simd.pointer(out))];
      simd.parallel(name, [...pointers, units], batch, grainOf(simd, batch, work * units));
      return made;
    },
  };
}

/** Steps of recurrent layers and their gradients; outputs in the order of KERNELS.md. */
export const recurrentKernels: KernelConfig[] = [
  cell('LstmCell', 'lstmCell', FORWARD_WORK, {
    inputs: { input: 4, product: 4, cell: 1 },
    optional: ['product', 'cell'],
    outputs: [1, 4, 1, 1],
  }),
  cell('LstmCellGrad', 'lstmCellGrad', BACKWARD_WORK, {
    inputs: { dstate: 1, dcell: 1, gates: 4, squashed: 1, cell: 1 },
    optional: ['dcell', 'cell'],
    outputs: [4, 1],
  }),
  cell('GruCell', 'gruCell', FORWARD_WORK, {
    inputs: { input: 3, product: 3, bias: 0, state: 1 },
    optional: ['product', 'state'],
    outputs: [1, 3, 1],
  }),
  cell('GruCellGrad', 'gruCellGrad', BACKWARD_WORK, {
    inputs: { dstate: 1, gates: 3, recurrent: 1, state: 1 },
    optional: ['state'],
    outputs: [3, 3, 1],
  }),
];
