// All kernels of the backend. A parallel kernel processes the items [first, last) of its iteration space. `scratch` points to 256 KiB
// that belong to the calling thread.
export * from './copy';
export { gemm, packB } from './gemm';
export { convolve, packFilter } from './convolution';
export { convolveFilter, reduceFilter } from './convolution-filter';
export { eluGrad } from './elu-grad';
export * from './generated/activation-kernels';
export { attention, attentionGrad } from './attention';
export { binary } from './binary';
export { dropout } from './dropout';
export * from './pool';
export * from './reduce';
export * from './unary';
export * from './peak';
export * from './depthwise';
export * from './move';
export * from './batch-norm';
export * from './batch-norm-grad';
export * from './layer-norm';
export * from './generated/optimizers';
export { combine } from './combine';
export * from './recurrent';
export * from './row-product';
export * from './softmax';
export { winograd, winogradFilter } from './winograd';
export { compareFloats, select } from './compare';
export { winogradFilterGradient, winogradProducts, winogradTiles } from './winograd-filter';
