export { type CrossEntropyOptions, crossEntropy } from './classification/cross-entropy';
export { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from './classification/softmax-cross-entropy';
export { sparseCrossEntropy } from './classification/sparse-cross-entropy';
export { sparseSoftmaxCrossEntropy } from './classification/sparse-softmax-cross-entropy';
export type { Loss } from './loss';
export { type HuberOptions, huber } from './regression/huber';
export { logCosh } from './regression/log-cosh';
export { meanAbsoluteError } from './regression/mean-absolute-error';
export {
  type MeanAbsolutePercentageErrorOptions,
  meanAbsolutePercentageError,
} from './regression/mean-absolute-percentage-error';
export { meanSquaredError } from './regression/mean-squared-error';
export { meanSquaredLogarithmicError } from './regression/mean-squared-logarithmic-error';
export { type PoissonNllOptions, poissonNll } from './regression/poisson-nll';
export { type QuantileOptions, quantile } from './regression/quantile';
export { type SmoothL1Options, smoothL1 } from './regression/smooth-l1';
export type { ReductionOptions } from './weighting';
