export {
  type AdaptivePooling1dOptions,
  type AdaptivePoolingOptions,
  adaptiveAveragePool1d,
  adaptiveAveragePool2d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
} from './adaptive-pooling';
export { add } from './add';
export { type AlibiOptions, alibi } from './alibi';
export { type AttentionInput, type AttentionOptions, attention } from './attention';
export { type BatchNormOptions, type BatchNormParams, batchNorm } from './batch-norm';
export { bidirectional } from './bidirectional';
export { type BilinearInput, type BilinearOptions, type BilinearParams, bilinear } from './bilinear';
export { type ClassTokenOptions, classToken } from './class-token';
export { type ConcatenateOptions, concatenate } from './concatenate';
export { type Conv1dOptions, type Conv1dParams, conv1d } from './conv1d';
export { type Conv1dTransposeOptions, type Conv1dTransposeParams, conv1dTranspose } from './conv1d-transpose';
export { type Conv2dOptions, type Conv2dParams, conv2d } from './conv2d';
export { type Conv2dTransposeOptions, type Conv2dTransposeParams, conv2dTranspose } from './conv2d-transpose';
export { type Conv3dOptions, type Conv3dParams, conv3d } from './conv3d';
export { type Cropping1dOptions, type Cropping2dOptions, cropping1d, cropping2d } from './cropping';
export { type DenseOptions, type DenseParams, dense } from './dense';
export { type DepthwiseConv2dOptions, type DepthwiseConv2dParams, depthwiseConv2d } from './depthwise-conv2d';
export { type DropPathOptions, dropPath } from './drop-path';
export { type DropoutLayerOptions, dropout } from './dropout';
export { type EmbeddingOptions, embedding } from './embedding';
export { flatten } from './flatten';
export { type GroupNormOptions, type GroupNormParams, groupNorm } from './group-norm';
export { type GruParams, gru } from './gru';
export { type InstanceNormOptions, type InstanceNormParams, instanceNorm } from './instance-norm';
export { type LayerNormOptions, type LayerNormParams, layerNorm } from './layer-norm';
export { type LayerScaleOptions, layerScale } from './layer-scale';
export { type LearnedPositionsOptions, learnedPositions } from './learned-positions';
export {
  type LinearRecurrentUnitOptions,
  type LinearRecurrentUnitParams,
  linearRecurrentUnit,
} from './linear-recurrent-unit';
export {
  type LocalitySelfAttentionOptions,
  type LocalitySelfAttentionParams,
  localitySelfAttention,
} from './locality-self-attention';
export { type LstmOptions, type LstmParams, lstm } from './lstm';
export { type MinGruOptions, type MinGruParams, minGru } from './min-gru';
export {
  type MultiHeadAttentionOptions,
  multiHeadAttention,
  type SelfAttentionInput,
} from './multi-head-attention';
export { multiply } from './multiply';
export { type PatchEmbeddingOptions, patchEmbedding } from './patch-embedding';
export { type PatchMergingOptions, type PatchMergingParams, patchMerging } from './patch-merging';
export { type PermuteOptions, permute } from './permute';
export { type PixelShuffleOptions, pixelShuffle, pixelUnshuffle } from './pixel-shuffle';
export {
  type AveragePooling1dOptions,
  type AveragePoolingOptions,
  averagePool1d,
  averagePool2d,
  globalAveragePool,
  globalMaxPool,
  maxPool1d,
  maxPool2d,
  type Pooling1dOptions,
  type PoolingOptions,
} from './pooling';
export { type PreluLayerOptions, type PreluParams, prelu } from './prelu';
export { type RelativePositionsOptions, relativePositions } from './relative-positions';
export { type ReshapeOptions, reshape } from './reshape';
export { type ResidualOptions, type ResidualParams, residual } from './residual';
export { type RmsNormOptions, type RmsNormParams, rmsNorm } from './rms-norm';
export { type RotaryPositionsOptions, rotaryPositions } from './rotary-positions';
export { type RreluLayerOptions, rrelu } from './rrelu';
export { type SeparableConv2dOptions, type SeparableConv2dParams, separableConv2d } from './separable-conv2d';
export {
  type ShiftedPatchEmbeddingOptions,
  type ShiftedPatchEmbeddingParams,
  shiftedPatchEmbedding,
} from './shifted-patch-embedding';
export { type SimpleRnnOptions, type SimpleRnnParams, simpleRnn } from './simple-rnn';
export { type SinCosPositions1dOptions, sinCosPositions1d } from './sin-cos-positions-1d';
export { type SinCosPositions2dOptions, sinCosPositions2d } from './sin-cos-positions-2d';
export { type SpectralNormOptions, type SpectralNormParams, spectralNorm } from './spectral-norm';
export { type SqueezeExciteOptions, type SqueezeExciteParams, squeezeExcite } from './squeeze-excite';
export { type StackedResult, stacked } from './stacked';
export { timeDistributed } from './time-distributed';
export {
  type TransformerDecoderBlockInput,
  type TransformerDecoderBlockParams,
  transformerDecoderBlock,
} from './transformer-decoder-block';
export {
  type TransformerBlockOptions,
  type TransformerEncoderBlockParams,
  transformerEncoderBlock,
} from './transformer-encoder-block';
export { type Upsampling1dOptions, type Upsampling2dOptions, upsampling1d, upsampling2d } from './upsampling';
export { type WeightNormOptions, type WeightNormParams, weightNorm } from './weight-norm';
export {
  type ZeroPadding1dOptions,
  type ZeroPadding2dOptions,
  zeroPadding1d,
  zeroPadding2d,
} from './zero-padding';
