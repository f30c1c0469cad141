export { type AccumulateOptions, accumulate } from './accumulate';
export { type AdaBeliefOptions, adaBelief } from './ada-belief';
export { type AdadeltaOptions, adadelta } from './adadelta';
export { type AdafactorOptions, adafactor } from './adafactor';
export { type AdagradOptions, adagrad } from './adagrad';
export { type AdamOptions, adam } from './adam';
export { type AdamWOptions, adamW } from './adam-w';
export { type AdamaxOptions, adamax } from './adamax';
export { type AdanOptions, adan } from './adan';
export { type AdemamixOptions, ademamix } from './ademamix';
export { type AdoptOptions, adopt } from './adopt';
export { applyUpdates } from './apply-updates';
export { type AsgdOptions, asgd } from './asgd';
export { type BetaLassoOptions, betaLasso } from './beta-lasso';
export { cautious } from './cautious';
export { centralize } from './centralize';
export { type ClipAdaptivelyOptions, clipAdaptively } from './clip-adaptively';
export { type ClipByGlobalNormOptions, clipByGlobalNorm } from './clip-by-global-norm';
export { type ClipByNormOptions, clipByNorm } from './clip-by-norm';
export { type ClipByValueOptions, clipByValue } from './clip-by-value';
export { constantSchedule } from './constant-schedule';
export { type ConstrainOptions, constrain } from './constrain';
export { type CosineDecayOptions, cosineDecay } from './cosine-decay';
export { type CosineWarmRestartsOptions, cosineWarmRestarts } from './cosine-warm-restarts';
export { type CyclicOptions, cyclic } from './cyclic';
export { type ExponentialDecayOptions, exponentialDecay } from './exponential-decay';
export { type ExponentialMovingAverageOptions, exponentialMovingAverage } from './exponential-moving-average';
export { type GaussNewtonBartlettOptions, gaussNewtonBartlett } from './gauss-newton-bartlett';
export { globalNorm } from './global-norm';
export type { HessianEstimate } from './hessian-estimate';
export { type HutchinsonOptions, hutchinson } from './hutchinson';
export { type InverseSquareRootOptions, inverseSquareRoot } from './inverse-square-root';
export { type InverseTimeDecayOptions, inverseTimeDecay } from './inverse-time-decay';
export { type JoinSchedulesOptions, joinSchedules } from './join-schedules';
export { type LambOptions, lamb } from './lamb';
export { type LarsOptions, lars } from './lars';
export { type LbfgsOptions, lbfgs } from './lbfgs';
export { type LinearDecayOptions, linearDecay } from './linear-decay';
export { type LionOptions, lion } from './lion';
export { type LookaheadOptions, lookahead } from './lookahead';
export { type MuonOptions, muon } from './muon';
export { type NadamOptions, nadam } from './nadam';
export { type NewtonSchulzOptions, newtonSchulz } from './newton-schulz';
export { type OneCycleOptions, oneCycle } from './one-cycle';
export type { Optimizer, OptimizerState, StepInfo } from './optimizer';
export { type PartitionGroup, partition } from './partition';
export {
  type PerParameterOptions,
  perParameter,
  type RuleInput,
  type RuleOutput,
  type StepKernel,
} from './per-parameter';
export { type PiecewiseInterpolateOptions, piecewiseInterpolate } from './piecewise-interpolate';
export { type PlotScheduleOptions, plotSchedule } from './plot-schedule';
export { type PolynomialDecayOptions, polynomialDecay } from './polynomial-decay';
export { type ProdigyOptions, prodigy } from './prodigy';
export { type RadamOptions, radam } from './radam';
export { type RmsPropOptions, rmsProp } from './rms-prop';
export { type RpropOptions, rprop } from './rprop';
export { type SamOptions, sam } from './sam';
export type { LearningRate, Schedule } from './schedule';
export { type ScheduleFreeOptions, scheduleFree } from './schedule-free';
export { type SgdOptions, sgd } from './sgd';
export { type SignumOptions, signum } from './signum';
export { skipNotFinite } from './skip-not-finite';
export type { Slot, SlotRange, SlotStart } from './slot';
export { type SophiaOptions, sophia } from './sophia';
export { type StepDecayOptions, stepDecay } from './step-decay';
export {
  type StochasticWeightAveragingOptions,
  stochasticWeightAveraging,
} from './stochastic-weight-averaging';
export { type ToTfOptimizerOptions, toTfOptimizer } from './to-tf-optimizer';
export { type WarmupOptions, warmup } from './warmup';
export { type WarmupStableDecayOptions, warmupStableDecay } from './warmup-stable-decay';
export type { Match, WeightDecayOptions } from './weight-decay';
