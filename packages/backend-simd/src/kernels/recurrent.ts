import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { Arguments, KernelName } from '../arguments';
import type { SimdBackend } from '../backend';
import type { Pointer } from '../pointer';
import { floats, optionalFloats } from './floats';
import { chooseGrain } from './grain';

/** The cost of the exponentials and divisions of a unit, relative to a copy. */
const FORWARD_WORK = 50;
const BACKWARD_WORK = 10;

/**
 * The inputs and outputs of a kernel, with their numbers of columns as multiples of the units, or 0 for one row [units]. The outputs
 * are in the order of KERNELS.md.
 */
interface Operands<K extends KernelName, In extends string, Out extends string> {
  inputs: Record<In, number>;
  /** Names of the optional inputs, which are zeros if they are missing. */
  optional: NoInfer<In>[];
  outputs: Record<Out, number>;
  /** The arguments of the wasm kernel. */
  values: (from: Record<In, Pointer>, to: Record<Out, Pointer>, units: number) => Arguments<K>;
}

/** A kernel over the rows of a batch. The shape of the first input gives the numbers of rows and units. */
function cell<K extends KernelName, In extends string, Out extends string>(
  kernelName: string,
  name: K,
  work: number,
  { inputs: shapes, optional, outputs, values }: Operands<K, In, Out>,
): KernelConfig {
  return {
    kernelName,
    backendName: 'simd',
    kernelFunc: ({ inputs, backend }) => {
      const simd = backend as SimdBackend;
      const [firstName, columns] = Object.entries<number>(shapes)[0]!;
      const { shape } = inputs[firstName] as TensorInfo;
      const [batch, width] = shape as [number, number];
      const units = width / columns;
      if (shape.length !== 2 || !Number.isInteger(units)) {
        const row = columns === 1 ? 'units' : `${columns}·units`;
        throw new Error(`${kernelName}: ${firstName} has shape [${shape}]; expected [batch, ${row}]`);
      }
      const from = {} as Record<In, Pointer>;
      for (const key in shapes) {
        const info = inputs[key] as TensorInfo | undefined;
        const expected = shapes[key] ? [batch, shapes[key] * units] : [units];
        from[key] = optional.includes(key)
          ? optionalFloats(simd, kernelName, key, info, expected)
          : floats(simd, kernelName, { [key]: info! }, expected)[key]!;
      }
      const to = {} as Record<Out, Pointer>;
      const results: TensorInfo[] = [];
      for (const key in outputs) {
        const result = simd.output([batch, outputs[key] * units]);
        results.push(result);
        to[key] = simd.pointer(result);
      }
      simd.parallel(name, values(from, to, units), batch, chooseGrain(simd, batch, work * units));
      return results;
    },
  };
}

/** Time steps of recurrent layers, and their gradients. */
export const recurrentKernels: KernelConfig[] = [
  cell('LstmCell', 'lstmCell', FORWARD_WORK, {
    inputs: { input: 4, product: 4, cell: 1 },
    optional: ['product', 'cell'],
    outputs: { state: 1, gates: 4, cell: 1, tanhCell: 1 },
    values: ({ input, product, cell }, to, units) =>
      [input, product, cell, to.state, to.gates, to.cell, to.tanhCell, units] as const,
  }),
  cell('LstmCellGrad', 'lstmCellGrad', BACKWARD_WORK, {
    inputs: { dstate: 1, dcell: 1, gates: 4, tanhCell: 1, cell: 1 },
    optional: ['dcell', 'cell'],
    outputs: { dinput: 4, dcell: 1 },
    values: ({ dstate, dcell, gates, tanhCell, cell }, to, units) =>
      [dstate, dcell, gates, tanhCell, cell, to.dinput, to.dcell, units] as const,
  }),
  cell('GruCell', 'gruCell', FORWARD_WORK, {
    inputs: { input: 3, product: 3, bias: 0, state: 1 },
    optional: ['product', 'state'],
    outputs: { state: 1, gates: 3, recurrent: 1 },
    values: ({ input, product, bias, state }, to, units) =>
      [input, product, bias, state, to.state, to.gates, to.recurrent, units] as const,
  }),
  cell('GruCellGrad', 'gruCellGrad', BACKWARD_WORK, {
    inputs: { dstate: 1, gates: 3, recurrent: 1, state: 1 },
    optional: ['state'],
    outputs: { dinput: 3, dproduct: 3, dstate: 1 },
    values: ({ dstate, gates, recurrent, state }, to, units) =>
      [dstate, gates, recurrent, state, to.dinput, to.dproduct, to.dstate, units] as const,
  }),
];
