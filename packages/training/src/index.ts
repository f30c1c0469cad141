export type {
  ArrayData,
  Batch,
  Batches,
  BatchSource,
  Column,
  Data,
  Tensors,
  TfDataset,
} from './batch';
export type { Callback, CallbackContext, CallbackHooks } from './callback';
export { CallbackError, type CallbackFailure } from './callback-error';
export { loadCheckpoint, saveCheckpoint } from './checkpoint';
export {
  createTrainer,
  type Loss,
  type StepResult,
  type TrainedModel,
  type Trainer,
  type TrainerOptions,
} from './create-trainer';
export { type Divergence, DivergenceError } from './divergence-error';
export { type EarlyStoppingOptions, earlyStopping } from './early-stopping';
export type { EpochReport, Evaluation } from './epoch-report';
export { type EvaluateOptions, evaluate } from './evaluate';
export { type FitOptions, fit } from './fit';
export type { AccumulatingMetric, Metric, MetricFunction, MetricState, Metrics } from './metric';
export type { BestOptions, MonitorOptions } from './monitor';
export { type Models, type StepOptions, type StepState, step, stepState } from './step';
export type { EpochSums, StepReport } from './step-report';
export { type TrainOptions, train } from './train';
export { TrainingAborted } from './training-aborted';
