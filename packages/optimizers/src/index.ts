export { type AdamOptions, adam } from './adam';
export { type AdamWOptions, adamW } from './adam-w';
export { applyUpdates } from './apply-updates';
export { type ClipByGlobalNormOptions, clipByGlobalNorm } from './clip-by-global-norm';
export { constantSchedule } from './constant-schedule';
export { type CosineDecayOptions, cosineDecay } from './cosine-decay';
export { type CosineWarmRestartsOptions, cosineWarmRestarts } from './cosine-warm-restarts';
export { type ExponentialMovingAverageOptions, exponentialMovingAverage } from './exponential-moving-average';
export { globalNorm } from './global-norm';
export { type LinearDecayOptions, linearDecay } from './linear-decay';
export { type LionOptions, lion } from './lion';
export { type MuonOptions, muon } from './muon';
export { type NewtonSchulzOptions, newtonSchulz } from './newton-schulz';
export { type OneCycleOptions, oneCycle } from './one-cycle';
export type { Optimizer, OptimizerState, StepInfo } from './optimizer';
export { type PartitionGroup, partition } from './partition';
export {
  type PerParameterOptions,
  perParameter,
  type RuleInput,
  type RuleOutput,
  type SlotStart,
  type StepKernel,
} from './per-parameter';
export { type RmsPropOptions, rmsProp } from './rms-prop';
export type { LearningRate, Schedule } from './schedule';
export { type SgdOptions, sgd } from './sgd';
export { type StepDecayOptions, stepDecay } from './step-decay';
export { type ToTfOptimizerOptions, toTfOptimizer } from './to-tf-optimizer';
export { type WarmupOptions, warmup } from './warmup';
export type { Match, WeightDecayOptions } from './weight-decay';
