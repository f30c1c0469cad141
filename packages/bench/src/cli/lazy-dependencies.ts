import type { Dependencies } from './dependencies';

/** The real functions. Training code is loaded when a command needs it, so that --help and usage errors are immediate. */
export const lazyDependencies: Dependencies = {
  plan: async (options) => (await import('../run/plan')).planRun(options),
  trainAll: async (options, listener) => (await import('../run/train-all')).trainAll(options, listener),
  measureStep: async (options) => (await import('../run/step')).measureStep(options),
  selectBackend: async (name, options) =>
    (await import('../backends/select-backend')).selectBackend(name, options),
  checkBackend: async (name, options) =>
    (await import('../backends/check-backend')).checkBackend(name, options, 'peak'),
  describeEnergy: async () => (await import('../run/measure/open-energy-meter')).describeEnergy(),
  serve: async (options) => (await import('../serve/serve-bench')).serveBench(options),
  describeMachine: async () => (await import('../run/machine')).describeMachine(),
  cacheFolder: async (dataset, folder) => (await import('@tenfold/datasets')).cacheFolder(dataset, folder),
};
