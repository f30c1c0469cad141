export type { Activation } from './activate';
export { assignParameters } from './assign-parameters';
export { type BatchNormOptions, batchNorm } from './batch-norm';
export { type BidirectionalOptions, bidirectional } from './bidirectional';
export { block } from './block';
export { type Conv2dOptions, conv2d } from './conv2d';
export { countFlops, countParameters } from './count';
export { type DenseOptions, dense } from './dense';
export { type DepthwiseConv2dOptions, depthwiseConv2d } from './depthwise-conv2d';
export { dropPath } from './drop-path';
export { dropout } from './dropout';
export { flatten } from './flatten';
export { gru } from './gru';
export {
  dirac,
  glorotUniform,
  heNormal,
  type Initializer,
  lecunUniform,
  normal,
  ones,
  uniform,
  zeros,
} from './initializers';
export { type Context, type Layer, type LayerLike, type Params, toLayer } from './layer';
export { type LayerNormOptions, layerNorm } from './layer-norm';
export { type LearnedPositionsOptions, learnedPositions } from './learned-positions';
export { loadSafetensors, type SafetensorsFile } from './load-safetensors';
export { localitySelfAttention } from './locality-self-attention';
export { type LstmOptions, lstm } from './lstm';
export { createModel, flattenParams, type Model } from './model';
export { type MultiHeadAttentionOptions, multiHeadAttention } from './multi-head-attention';
export { type PatchEmbeddingOptions, patchEmbedding } from './patch-embedding';
export { averagePool2d, globalAveragePool, maxPool2d, type PoolingOptions } from './pooling';
export type { RecurrentOptions, RecurrentOutput } from './recurrent';
export { saveSafetensors } from './save-safetensors';
export { sequential } from './sequential';
export { type ShiftedPatchEmbeddingOptions, shiftedPatchEmbedding } from './shifted-patch-embedding';
export { type SinCosPositions2dOptions, sinCosPositions2d } from './sin-cos-positions-2d';
