export { type CrossEntropyOptions, crossEntropy } from './classification/cross-entropy';
export { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from './classification/softmax-cross-entropy';
export { sparseCrossEntropy } from './classification/sparse-cross-entropy';
export { sparseSoftmaxCrossEntropy } from './classification/sparse-softmax-cross-entropy';
export type { Loss } from './loss';
export { type HuberOptions, huber } from './regression/huber';
export { meanSquaredError } from './regression/mean-squared-error';
export type { ReductionOptions } from './weighting';
