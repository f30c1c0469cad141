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
export { type CsvLoggerOptions, csvLogger } from './callbacks/csv-logger';
export { type EarlyStoppingOptions, earlyStopping } from './callbacks/early-stopping';
export { type JsonLinesLoggerOptions, jsonLinesLogger } from './callbacks/json-lines-logger';
export { type LearningRateLoggerOptions, learningRateLogger } from './callbacks/learning-rate-logger';
export { type ProgressBarOptions, progressBar } from './callbacks/progress-bar';
export {
  type PlateauCallback,
  type ReduceOnPlateauOptions,
  reduceOnPlateau,
} from './callbacks/reduce-on-plateau';
export { type SaveBestOptions, saveBest } from './callbacks/save-best';
export { type TensorBoardOptions, tensorBoard } from './callbacks/tensor-board';
export { type TimeLimitOptions, timeLimit } from './callbacks/time-limit';
export { type CheckpointedTrainer, loadCheckpoint, saveCheckpoint } from './checkpoint';
export {
  createTrainer,
  type Loss,
  type StepResult,
  type TrainedModel,
  type Trainer,
  type TrainerOptions,
} from './create-trainer';
export { type Divergence, DivergenceError } from './divergence-error';
export type { EpochReport, Evaluation } from './epoch-report';
export { type EvaluateOptions, evaluate } from './evaluate';
export { type FitOptions, fit } from './fit';
export type { AccumulatingMetric, Metric, MetricFunction, MetricState, Metrics } from './metric';
export type { BestOptions, MonitorOptions } from './monitor';
export type { ClipOptions } from './options/clip';
export type { Frozen } from './options/frozen';
export { type Models, type StepOptions, type StepState, step, stepState } from './step';
export type { EpochSums, StepReport } from './step-report';
export { type TrainOptions, train } from './train';
export { TrainingAborted } from './training-aborted';
