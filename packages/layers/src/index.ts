export {
  type LoadSafetensorsOptions,
  loadSafetensors,
  type SafetensorsFile,
} from './files/load-safetensors';
export { saveSafetensors } from './files/save-safetensors';
export {
  type ConstantOptions,
  constant,
  type DiracOptions,
  dirac,
  type FanInOptions,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type IdentityMatrixOptions,
  type Initializer,
  identityMatrix,
  lecunNormal,
  lecunUniform,
  type NormalOptions,
  normal,
  type OrthogonalMatrixOptions,
  ones,
  orthogonalMatrix,
  type SparseOptions,
  sparse,
  type TruncatedNormalOptions,
  torchUniform,
  truncatedNormal,
  type UniformOptions,
  uniform,
  type VarianceScalingOptions,
  varianceScaling,
  zeros,
} from './initializers';
export * from './layers';
export { type AssignParametersOptions, assignParameters } from './model/assign-parameters';
export { type BlockParts, block } from './model/block';
export { createCache, type KeyValueCache } from './model/cache';
export { countFlops } from './model/count-flops';
export { type CountParametersOptions, countParameters } from './model/count-parameters';
export { flattenParams } from './model/flatten-params';
export { freeze } from './model/freeze';
export {
  type AnyLayer,
  type Context,
  type InputOf,
  type Layer,
  type LayerLike,
  type Model,
  type NoParams,
  type OutputOf,
  type ParamsOf,
  type Tensors,
  toLayer,
} from './model/layer';
export { type CreateModelOptions, createModel } from './model/model';
export { sequential } from './model/sequential';
export type { LayerActivation } from './ops/activate';
export type { AttentionParams, AttentionVariants } from './ops/attend';
export type { RecurrentOptions, RecurrentOutput } from './ops/recurrent';
export type { SequenceInput, SequenceOutput, SequenceResult } from './ops/sequence';
export type { Padding } from './ops/window';
