import { BackendUnavailable } from '../../../src/backends/unavailable';
import type { Calls, Reply, Request } from '../protocol';
import { inspect } from './inspect';
import { modelTexts } from './model-texts';
import { keepRun, listRuns, openRun, removeRun, runFiles } from './runs';
import { readSamples, removeData } from './samples';
import { createTraining } from './training';

// The page's only other thread. Training, data and files are here, so that the page never blocks.

const tell = (reply: Reply) => postMessage(reply);
const training = createTraining((event) => tell({ event }));

const calls: Calls = {
  inspect,
  models: async () => modelTexts(),
  list: listRuns,
  start: (choice) => training.start(choice),
  resume: (run, options) => training.resume(run, options),
  pause: async () => training.pause(),
  checkpoint: async () => training.checkpointSoon(),
  open: openRun,
  samples: readSamples,
  files: runFiles,
  keep: keepRun,
  remove: removeRun,
  removeData,
};

addEventListener('message', async ({ data: { id, call, args } }: MessageEvent<Request>) => {
  try {
    const value = await (calls[call] as (...given: unknown[]) => Promise<unknown>)(...args);
    tell({ id, value });
  } catch (error) {
    const message = formatError(error);
    const advice = error instanceof BackendUnavailable ? error.advice : undefined;
    tell({ id, error: { message, advice } });
  }
});

function formatError(error: unknown): string {
  if (error instanceof AggregateError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
