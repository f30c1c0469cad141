export type { ActivateOptions } from './backends/activate';
export { type BackendCheck, checkBackend } from './backends/check-backend';
export { type BackendName, backendDescriptions, backendNames } from './backends/names';
export { describeBackend, type SelectOptions, selectBackend } from './backends/select-backend';
export { BackendUnavailable } from './backends/unavailable';
