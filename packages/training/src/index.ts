export type { Batch, BatchSource } from './batches';
export { loadCheckpoint, saveCheckpoint } from './checkpoint';
export {
  createTrainer,
  type Loss,
  type StepResult,
  type Trainer,
  type TrainerOptions,
} from './create-trainer';
export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate';
export { type FitOptions, fit } from './fit';
export { accuracy, type Metric } from './metrics';
export {
  DivergenceError,
  type EpochReport,
  type EpochSums,
  type StepReport,
  type TrainOptions,
  train,
} from './train';
