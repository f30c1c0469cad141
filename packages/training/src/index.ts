export { accuracy } from './accuracy';
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
export { type BinaryAccuracyOptions, binaryAccuracy } from './binary-accuracy';
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
export type { Metric } from './metric';
export { type Models, type StepOptions, type StepState, step, stepState } from './step';
export type { StopContext, StopRule } from './stop-rule';
export {
  type EpochSums,
  type StepReport,
  type TrainOptions,
  train,
} from './train';
export { TrainingAborted } from './training-aborted';
