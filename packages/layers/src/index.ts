export { type BatchNormOptions, batchNorm } from './batch-norm';
export { block } from './block';
export { type Conv2dOptions, conv2d } from './conv2d';
export { countFlops, countParameters } from './count';
export { type DenseOptions, dense } from './dense';
export { dropout } from './dropout';
export { flatten } from './flatten';
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
export { createModel, flattenParams, type Model } from './model';
export { averagePool2d, globalAveragePool, maxPool2d, type PoolingOptions } from './pooling';
export { sequential } from './sequential';
