export { loadSafetensors, type SafetensorsFile } from './files/load-safetensors';
export { saveSafetensors } from './files/save-safetensors';
export {
  type DiracOptions,
  dirac,
  type FanInOptions,
  glorotUniform,
  heNormal,
  type Initializer,
  lecunUniform,
  type NormalOptions,
  normal,
  ones,
  torchUniform,
  type UniformOptions,
  uniform,
  zeros,
} from './initializers';
export { type BatchNormOptions, batchNorm } from './layers/batch-norm';
export { type BidirectionalOptions, bidirectional } from './layers/bidirectional';
export { type Conv2dOptions, conv2d } from './layers/conv2d';
export { type DenseOptions, dense } from './layers/dense';
export { type DepthwiseConv2dOptions, depthwiseConv2d } from './layers/depthwise-conv2d';
export { dropPath } from './layers/drop-path';
export { dropout } from './layers/dropout';
export { flatten } from './layers/flatten';
export { gru } from './layers/gru';
export { type LayerNormOptions, layerNorm } from './layers/layer-norm';
export { type LearnedPositionsOptions, learnedPositions } from './layers/learned-positions';
export { localitySelfAttention } from './layers/locality-self-attention';
export { type LstmOptions, lstm } from './layers/lstm';
export { type MultiHeadAttentionOptions, multiHeadAttention } from './layers/multi-head-attention';
export { type PatchEmbeddingOptions, patchEmbedding } from './layers/patch-embedding';
export { averagePool2d, globalAveragePool, maxPool2d, type PoolingOptions } from './layers/pooling';
export { type ShiftedPatchEmbeddingOptions, shiftedPatchEmbedding } from './layers/shifted-patch-embedding';
export { type SinCosPositions2dOptions, sinCosPositions2d } from './layers/sin-cos-positions-2d';
export { assignParameters } from './model/assign-parameters';
export { block } from './model/block';
export { countFlops, countParameters } from './model/count';
export { type Context, type Layer, type LayerLike, type Params, toLayer } from './model/layer';
export { createModel, flattenParams, type Model } from './model/model';
export { sequential } from './model/sequential';
export type { Activation } from './ops/activate';
export type { RecurrentOptions, RecurrentOutput } from './ops/recurrent';
