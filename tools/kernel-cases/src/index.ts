import type { Array64 } from './array';
import { listGradients } from './row';
import { kernelRows } from './rows';

export type { Array64 } from './array';
export { type Adapter, checkCase, type RunnableCase, runnableCases } from './check';
export { emptyCases } from './empty';
export { type ReadyCase, ready, runOnEngine } from './engine';
export { grid, type Input, normal, squares, values } from './inputs';
export type { Bound, Case, GradientRow, KernelRow, ListRow } from './row';
export { kernelRows } from './rows';
export { elementwiseFunctions } from './rows/elementwise-functions';
export { functions } from './rows/functions';
export { unaryFunctions } from './rows/unary';
export { type SpeedCase, speedCases } from './speed';
export { type BackendKernels, kernelNames, supportTable } from './support';
export { fusedKernelTable } from './table';

/** The outputs of a kernel of the table, in double precision. */
export function findReference(
  kernel: string,
): (inputs: { readonly [name: string]: Array64 }, attributes: object) => Array64[] {
  for (const row of kernelRows) {
    for (const candidate of [row, ...listGradients(row)])
      if (candidate.kernel === kernel)
        return (inputs, attributes) => candidate.reference(inputs, attributes as never);
  }
  throw new Error(`the table has no kernel ${kernel}`);
}
