import './register';

export { SimdBackend } from './backend';
export { enableExperimentalV8Flags } from './experimental-flags';
export { configureSimd, type SimdOptions } from './options';
export { OutOfMemoryError } from './out-of-memory-error';
