export type { Batch, BatchSource } from './batches';
export { loadCheckpoint, saveCheckpoint } from './checkpoint';
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
export { type Loss, type StepResult, type Trainer, type TrainerOptions, trainer } from './trainer';
