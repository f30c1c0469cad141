// Every kernel the backend can call. A parallel kernel works on the units [first, last) of its iteration space;
// `scratch` points to 256 KiB that belong to the calling thread alone.
export * from './copy';
export { gemm, packB } from './gemm';
export { convolve, packFilter } from './convolution';
export { convolveFilter, reduceFilter } from './convolution-filter';
export * from './activation-grads';
export { binary } from './binary';
export * from './pool';
export * from './reduce';
export * from './unary';
export * from './peak';
export * from './depthwise';
export * from './move';
export * from './norm';
export * from './optimizer';
export * from './softmax';
export { winograd, winogradFilter } from './winograd';
