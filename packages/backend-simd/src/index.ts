import './register';

export { SimdBackend } from './backend';
export { configureSimd, type SimdOptions } from './options';
