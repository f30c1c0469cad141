export { assertBackend } from './assert-backend';
export { countFlops, type FlopCount } from './count-flops';
export { floatTensor, type Input, toTensor } from './float-tensor';
export { canFuse, type FunctionKernelConfig, fused, fusedList, hasKernels, runKernel } from './fused';
export type { Kernel, Kernels, ListKernels } from './kernels';
export { onTape, type TapeRule } from './on-tape';
export { type GradientRule, withGradient } from './with-gradient';
