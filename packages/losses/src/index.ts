export { type CrossEntropyOptions, crossEntropy, sparseCrossEntropy } from './cross-entropy';
export { meanSquaredError } from './mean-squared-error';
export type { ReductionOptions } from './reduction';
export { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from './softmax-cross-entropy';
export { sparseSoftmaxCrossEntropy } from './sparse-softmax-cross-entropy';
