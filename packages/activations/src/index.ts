export type { ActivationFunction } from './elementwise';
export { gelu } from './gelu';
export { geluTanh } from './gelu-tanh';
export { type LeakyReluOptions, leakyRelu } from './leaky-relu';
export { relu } from './relu';
export { sigmoid } from './sigmoid';
export { silu } from './silu';
export { type SoftmaxOptions, softmax } from './softmax';
export { tanh } from './tanh';
