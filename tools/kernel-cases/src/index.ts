export type { Array64 } from './array';
export { type Adapter, checkCase, type RunnableCase, runnableCases } from './check';
export { grid, type Input, normal, squares, values } from './inputs';
export type { Bound, Case, GradientRow, KernelRow, ListRow } from './row';
export { kernelRows } from './rows';
export { functions } from './rows/functions';
export { fusedKernelTable } from './table';
