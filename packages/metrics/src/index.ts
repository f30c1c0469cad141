export type { AveragedMetric, AverageOptions, PerClassOptions } from './class-counts';
export { accuracy } from './classification/accuracy';
export { averagePrecision } from './classification/average-precision';
export { binaryAccuracy, type ThresholdOptions } from './classification/binary-accuracy';
export { type ConfusionMatrixOptions, confusionMatrix } from './classification/confusion-matrix';
export { f1 } from './classification/f1';
export { meanIntersectionOverUnion } from './classification/mean-intersection-over-union';
export { precision } from './classification/precision';
export { recall } from './classification/recall';
export { rocAuc } from './classification/roc-auc';
export { type TopKAccuracyOptions, topKAccuracy } from './classification/top-k-accuracy';
export {
  type Accumulator,
  defineMetric,
  type Metric,
  type MetricDeclaration,
  type MetricRule,
  type MetricState,
  type MetricValue,
  type SelectedMetric,
  type Selection,
  type WeightOptions,
} from './metric';
export type { Measured, Unpacked } from './pack';
export {
  type ExpectedCalibrationErrorOptions,
  expectedCalibrationError,
} from './probabilities/expected-calibration-error';
export { type FromLogitsOptions, type LogLossOptions, logLoss } from './probabilities/log-loss';
export { type PerplexityOptions, perplexity } from './probabilities/perplexity';
export type { ClassOptions } from './read-classes';
export { meanAbsoluteError } from './regression/mean-absolute-error';
export { rSquared } from './regression/r-squared';
export { rootMeanSquaredError } from './regression/root-mean-squared-error';
export { type BleuOptions, bleu } from './text/bleu';
