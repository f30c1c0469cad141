export {
  type BackendCheck,
  type BackendName,
  BackendUnavailable,
  backendNames,
  checkBackend,
  selectBackend,
} from './backends';
export { paper } from './paper';
export { reportHtml } from './report/report-html';
export { reportMarkdown } from './report/report-markdown';
export { type ModelResult, parseResults, type Results, resultsSchema } from './results';
export { compare } from './run/compare';
export { measureStep, type StepMeasurement, type StepOptions } from './run/step';
export {
  type CompareOptions,
  type ModelName,
  modelNames,
  type RunEvent,
  type RunListener,
} from './run/types';
export { type CheckpointOptions, type Checkpoints, openCheckpoints } from './run-folder/checkpoints';
export { renderCsv, renderHtml, renderMarkdown, renderText, type Table } from './table';
export { paperTables, summaryTable } from './tables';
