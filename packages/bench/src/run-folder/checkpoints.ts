import {
  assertArgument,
  assertOptions,
  flag,
  func,
  type Kinds,
  nonNegative,
  required,
  text,
} from '@tenfold/checks';
import { digest } from '../lib/digest';
import {
  isSystemError,
  join,
  mkdir,
  readdir,
  readFile,
  rm,
  systemReason,
  type WriteFile,
  writeAtomically,
} from '../lib/files';
import type { ModelResult, Results } from '../results/results';
import { isSame, type Training, trainingFile, trainingText } from '../results/training';
import { emptyState, type Progress, type RunState, readState, writeState } from './run-state';

/** The checkpoints of a run: saves what a training needs to resume, and finds it again. */
export interface Checkpoints {
  /** The result of a finished training. */
  finished(training: Training): ModelResult | undefined;
  /** The newest intact checkpoint of a training. */
  load(training: Training): Promise<{ bytes: Uint8Array; progress: Progress } | undefined>;
  /** Whether it is time for the next checkpoint. */
  isDue(): boolean;
  /** Saves a checkpoint and keeps the previous one. A full disk is reported, not thrown.
   *
   * @throws a {@link FolderGone}
   */
  save(training: Training, bytes: Uint8Array, progress: Progress): Promise<void>;
  /** Writes `MODEL-seed-SEED.safetensors`. A full disk is reported, not thrown. */
  saveModel(training: Training, bytes: Uint8Array): Promise<void>;
  /** Saves a training's result and removes its checkpoints. */
  finish(result: ModelResult): Promise<void>;
  /** The forecast of the training time from before the run, in seconds. */
  savedForecast(training: Training): number | undefined;
  /** Records a forecast, to be written with the next checkpoint. */
  keepForecast(training: Training, seconds: number): void;
  /** The highest peak measured here. */
  readonly peak: Results['peak'];
  /** Records a measured peak, to be written with the next checkpoint; only the highest is kept. */
  keepPeak(peak: NonNullable<Results['peak']>): void;
  /** Records that the run was resumed. */
  resume(differences: string[]): void;
  readonly resumed: RunState['resumed'];
  /** The training that has a checkpoint: started, but not finished. */
  readonly training: Training | undefined;
  /** The length of steps.jsonl at the newest checkpoint. */
  readonly logBytes: number;
  /** Whether there is neither a checkpoint nor a finished training. */
  readonly isEmpty: boolean;
  /** Whether a file could not be written. */
  readonly failed: boolean;
}

export interface CheckpointOptions {
  /** Resumes from the files in the folder, which are ignored otherwise. Default false. */
  resume?: boolean;
  /** Minutes between checkpoints; 0: one after every step. Default 5. */
  minutes?: number;
  /** Flushes the step log to disk and returns its length. */
  syncLog?: () => number;
  /** Whether the folder was moved or deleted; undefined where that cannot happen. */
  isGone?: () => boolean;
  /** Receives warnings about damaged files and a full disk. */
  warn?: (message: string) => void;
  /** Writes a file; tests pass another function. */
  write?: WriteFile;
  /** The time in milliseconds; tests pass another clock. */
  now?: () => number;
}

/** The folder of a run was moved or deleted during training. */
export class FolderGone extends Error {
  override readonly name = 'FolderGone';

  constructor(folder: string) {
    super(
      `the run folder ${folder} was moved or deleted during training, so nothing more can be saved in it. If it was moved, resume the run at its new place; it continues from its last checkpoint`,
    );
  }
}

const FOLDER = 'checkpoints';

const kinds: Kinds<CheckpointOptions> = {
  resume: flag,
  minutes: nonNegative,
  syncLog: func,
  isGone: func,
  warn: func,
  write: func,
  now: func,
};

/**
 * Opens the checkpoints of a run: `checkpoints/` with the newest two, and `state.json` with their digests.
 *
 * @throws when an option is unknown or out of its range
 */
export async function openCheckpoints(folder: string, options: CheckpointOptions = {}): Promise<Checkpoints> {
  assertArgument('openCheckpoints', 'folder', folder, required(text));
  assertOptions('openCheckpoints', options, kinds);
  const {
    resume = false,
    minutes = 5,
    syncLog = () => 0,
    isGone = () => false,
    warn = () => {},
    write = writeAtomically,
    now = () => performance.now(),
  } = options;
  let state = resume ? await readIntactState(folder, warn) : emptyState;
  let last = now();
  let failed = false;
  const attempt = async (what: string, task: () => Promise<void>): Promise<boolean> => {
    if (isGone()) throw new FolderGone(folder);
    try {
      await task();
      return true;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      failed = true;
      const [newest] = state.checkpoints;
      const kept = newest ? `, with the checkpoint of step ${newest.progress.step}` : '';
      warn(`warning: ${what} could not be written: ${systemReason(error)}; the run continues${kept}`);
      return false;
    }
  };
  const prune = async () => {
    const kept = state.checkpoints.map(({ file }) => file);
    for (const name of await readdir(join(folder, FOLDER)).catch((): string[] => [])) {
      if (!kept.includes(name)) await rm(join(folder, FOLDER, name), { force: true });
    }
  };
  return {
    finished: ({ model, seed }) =>
      state.finished.find(({ result }) => result.name === model && result.seed === seed)?.result,
    async load(training) {
      const found = state.checkpoints.find((checkpoint) => isSame(checkpoint, training));
      return found && { bytes: await readFile(join(folder, FOLDER, found.file)), progress: found.progress };
    },
    isDue: () => now() - last >= minutes * 60_000 || isGone(),
    async save(training, bytes, progress) {
      last = now();
      const file = `${trainingFile(training)}-step-${progress.step}-epoch-${progress.history.length}.safetensors`;
      const earlier = state.checkpoints.filter((checkpoint) => isSame(checkpoint, training));
      if (earlier[0]?.file === file && !isGone()) return; // nothing was trained since then
      const checkpoint = {
        model: training.model,
        seed: training.seed,
        file,
        sha256: await digest(bytes),
        savedAt: new Date().toISOString(),
        logBytes: syncLog(),
        progress,
      };
      const next = { ...state, checkpoints: [checkpoint, ...earlier.slice(0, 1)] };
      const path = join(folder, FOLDER, file);
      const done = await attempt(`the checkpoint of step ${progress.step}`, async () => {
        await mkdir(join(folder, FOLDER), { recursive: true });
        await write(path, bytes);
        await writeState(folder, next, write);
      });
      if (done) {
        state = next;
        await prune();
      } else {
        await rm(path, { force: true });
      }
    },
    async saveModel(training, bytes) {
      const file = `${trainingFile(training)}.safetensors`;
      await attempt(file, () => write(join(folder, file), bytes));
    },
    async finish(result) {
      const entry = { result: throughJson(result), logBytes: syncLog() };
      const next = { ...state, checkpoints: [], finished: [...state.finished, entry] };
      const done = await attempt(
        `the result of ${trainingText({ model: result.name, seed: result.seed })}`,
        () => writeState(folder, next, write),
      );
      // Unless it was written, resuming still needs the checkpoints.
      state = next;
      if (done) await prune();
    },
    savedForecast: (training) => state.forecasts.find((forecast) => isSame(forecast, training))?.seconds,
    keepForecast({ model, seed }, seconds) {
      state = { ...state, forecasts: [...state.forecasts, { model, seed, seconds }] };
    },
    get peak() {
      return state.peak;
    },
    keepPeak(peak) {
      if (peak.gflopsPerSecond > (state.peak?.gflopsPerSecond ?? 0)) state = { ...state, peak };
    },
    resume(differences) {
      const session = { at: new Date().toISOString(), differences };
      state = { ...state, resumed: [...state.resumed, session] };
    },
    get resumed() {
      return state.resumed;
    },
    get training() {
      return state.checkpoints[0];
    },
    get logBytes() {
      return state.checkpoints[0]?.logBytes ?? state.finished.at(-1)?.logBytes ?? 0;
    },
    get isEmpty() {
      return state.checkpoints.length === 0 && state.finished.length === 0;
    },
    get failed() {
      return failed;
    },
  };
}

/** The state of a folder, without missing or damaged checkpoints. */
async function readIntactState(folder: string, warn: (message: string) => void): Promise<RunState> {
  const state = await readState(folder, warn);
  const found = await Promise.all(
    state.checkpoints.map(async (checkpoint) => {
      const path = join(folder, FOLDER, checkpoint.file);
      const bytes = await readFile(path).catch(() => undefined);
      const isIntact = bytes !== undefined && (await digest(bytes)) === checkpoint.sha256;
      return { checkpoint, path, damage: isIntact ? null : bytes ? 'damaged' : 'missing' };
    }),
  );
  const newest = found.findIndex(({ damage }) => damage === null);
  for (const [index, { checkpoint, path, damage }] of found.entries()) {
    if (damage === null) continue;
    const step = found[newest]?.checkpoint.progress.step;
    const next =
      step === undefined
        ? `${trainingText(checkpoint)} starts again from its first step`
        : `using the ${newest > index ? 'previous' : 'newer'} one, step ${step}`;
    warn(`the checkpoint ${path} is ${damage}: ${next}`);
  }
  return {
    ...state,
    checkpoints: found.filter(({ damage }) => damage === null).map(({ checkpoint }) => checkpoint),
  };
}

/** The value after a round trip through JSON: NaN and Infinity become null. */
const throughJson = (result: ModelResult): ModelResult => JSON.parse(JSON.stringify(result));
