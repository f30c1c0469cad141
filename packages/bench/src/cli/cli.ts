#!/usr/bin/env node
import { version } from '../../package.json';
import type { Dependencies } from './dependencies';
import { INCOMPLETE } from './exit-codes';
import { guardOutput } from './guard-output';
import { runCli } from './program';

// What trains is loaded when a command needs it: --help and a wrong option answer at once.
const dependencies: Dependencies = {
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

const output = guardOutput({ out: process.stdout, err: process.stderr });
const code = await runCli(
  process.argv.slice(2),
  dependencies,
  { out: process.stdout, err: process.stderr, env: process.env },
  version,
);
// What was written last may fail a moment later.
process.exitCode = code;
process.on('exit', () => {
  if (code === 0 && output.hasLost()) process.exitCode = INCOMPLETE;
});
