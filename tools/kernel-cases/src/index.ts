import type { Array64 } from './array';
import { gradientsOf } from './row';
import { kernelRows } from './rows';

export type { Array64 } from './array';
export { type Adapter, checkCase, type RunnableCase, runnableCases } from './check';
export { emptyCases } from './empty';
export { type ReadyCase, ready, runOnEngine } from './engine';
export { grid, type Input, normal, squares, values } from './inputs';
export type { Bound, Case, GradientRow, KernelRow, ListRow } from './row';
export { kernelRows } from './rows';
export { functions } from './rows/functions';
export { unaryFunctions } from './rows/unary';
export { type SpeedCase, speedCases } from './speed';
export { type BackendKernels, kernelNames, supportTable } from './support';
export { fusedKernelTable } from './table';

/** The outputs of a kernel of the table, in double precision. */
export function referenceOf(
  kernel: string,
): (inputs: { readonly [name: string]: Array64 }, attributes: object) => Array64[] {
  for (const row of kernelRows) {
    for (const one of [row, ...gradientsOf(row)])
      if (one.kernel === kernel) return (inputs, attributes) => one.reference(inputs, attributes as never);
  }
  throw new Error(`the table has no kernel ${kernel}`);
}
