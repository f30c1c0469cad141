export { type AsymmetricOptions, asymmetric } from './classification/asymmetric';
export { type BinaryCrossEntropyOptions, binaryCrossEntropy } from './classification/binary-cross-entropy';
export {
  type BinaryCrossEntropyWithLogitsOptions,
  binaryCrossEntropyWithLogits,
} from './classification/binary-cross-entropy-with-logits';
export { type CrossEntropyOptions, crossEntropy } from './classification/cross-entropy';
export { hinge } from './classification/hinge';
export { type PolyLossOptions, polyLoss } from './classification/poly-loss';
export { type SigmoidFocalOptions, sigmoidFocal } from './classification/sigmoid-focal';
export { softMargin } from './classification/soft-margin';
export { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from './classification/softmax-cross-entropy';
export { type SoftmaxFocalOptions, softmaxFocal } from './classification/softmax-focal';
export { type SparseCrossEntropyOptions, sparseCrossEntropy } from './classification/sparse-cross-entropy';
export {
  type SparseSoftmaxCrossEntropyOptions,
  sparseSoftmaxCrossEntropy,
} from './classification/sparse-softmax-cross-entropy';
export { sparsemaxLoss } from './classification/sparsemax-loss';
export { squaredHinge } from './classification/squared-hinge';
export {
  type DistillationLabels,
  type DistillationOptions,
  distillation,
} from './distributions/distillation';
export { type FeatureDistillationOptions, featureDistillation } from './distributions/feature-distillation';
export { jensenShannon } from './distributions/jensen-shannon';
export { type KlDivergenceOptions, klDivergence } from './distributions/kl-divergence';
export { type ContrastiveOptions, contrastive } from './embeddings/contrastive';
export { type CosineEmbeddingOptions, cosineEmbedding } from './embeddings/cosine-embedding';
export { cosineSimilarity } from './embeddings/cosine-similarity';
export { type InfoNceOptions, infoNce } from './embeddings/info-nce';
export {
  type SupervisedContrastiveOptions,
  supervisedContrastive,
} from './embeddings/supervised-contrastive';
export { type Triplet, type TripletMarginOptions, tripletMargin } from './embeddings/triplet-margin';
export type { Loss } from './loss';
export { type HingeEmbeddingOptions, hingeEmbedding } from './margins/hinge-embedding';
export { type MarginRankingOptions, marginRanking } from './margins/margin-ranking';
export { multiLabelMargin } from './margins/multi-label-margin';
export { type MultiLabelSoftMarginOptions, multiLabelSoftMargin } from './margins/multi-label-soft-margin';
export { type MultiMarginOptions, multiMargin } from './margins/multi-margin';
export { type DiceOptions, dice } from './overlap/dice';
export { type TverskyOptions, tversky } from './overlap/tversky';
export { type Gaussian, type GaussianNllOptions, gaussianNll } from './regression/gaussian-nll';
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
export { type CtcLabels, type CtcOptions, ctc } from './sequences/ctc';
export type { ReductionOptions } from './weighting';
