/**
 * The activation functions that backends may fuse, and what the kernel `ActivationGrad` takes of each: the argument x or
 * the value y. The order gives their numbers in WebAssembly, so append at the end.
 */
export const activationFunctions = {
  relu: 'y',
  silu: 'x',
  gelu: 'x',
  geluTanh: 'x',
} as const;

export type ActivationName = keyof typeof activationFunctions;
