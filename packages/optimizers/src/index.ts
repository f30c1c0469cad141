export { type AdamOptions, adam } from './adam';
export { type AdamWOptions, adamW } from './adam-w';
export { type CosineDecayOptions, cosineDecay } from './cosine-decay';
export type { Optimizer, OptimizerState } from './optimizer';
export type { LearningRate, Schedule } from './schedule';
