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

/** Where a training leaves what it needs to go on, and finds it again. */
export interface Checkpoints {
  /** The result of a training that has come to its end. */
  finished(training: Training): ModelResult | undefined;
  /** The newest checkpoint of a training that is whole. */
  load(training: Training): Promise<{ bytes: Uint8Array; progress: Progress } | undefined>;
  /** Whether the last one is old enough for the next. */
  isDue(): boolean;
  /** Keeps a checkpoint and the one before it. A full disk is reported, not thrown.
   *
   * @throws a {@link FolderGone}
   */
  save(training: Training, bytes: Uint8Array, progress: Progress): Promise<void>;
  /** Writes `MODEL-seed-SEED.safetensors`. A full disk is reported, not thrown. */
  saveModel(training: Training, bytes: Uint8Array): Promise<void>;
  /** Keeps a training's result in place of its checkpoints. */
  finish(result: ModelResult): Promise<void>;
  /** The training time that was expected before the run began, in seconds. */
  forecastOf(training: Training): number | undefined;
  /** Notes such an expectation, to be written with the next checkpoint. */
  keepForecast(training: Training, seconds: number): void;
  /** The most that the backend was seen to reach here. */
  readonly peak: Results['peak'];
  /** Notes what the backend reached, to be written with the next checkpoint; less than before does not count. */
  keepPeak(peak: NonNullable<Results['peak']>): void;
  /** Notes that the run goes on after a break. */
  resume(differences: string[]): void;
  readonly resumed: RunState['resumed'];
  /** The one that has a checkpoint: begun and not finished. */
  readonly training: Training | undefined;
  /** Of steps.jsonl, up to where the run stands. */
  readonly logBytes: number;
  /** Whether there is something to go on from. */
  readonly isEmpty: boolean;
  /** Whether something could not be written. */
  readonly failed: boolean;
}

export interface CheckpointOptions {
  /** Goes on from what is in the folder; otherwise that does not count. Default false. */
  resume?: boolean;
  /** Between two checkpoints; 0 is one after every step. Default 5. */
  minutes?: number;
  /** Brings the step log to the disk and says how long it is. */
  syncLog?: () => number;
  /** Whether the folder is no longer where it was; undefined where nothing can move it. */
  isGone?: () => boolean;
  /** Told of damaged files and of a full disk. */
  say?: (message: string) => void;
  /** Writes a file; another one in tests. */
  write?: WriteFile;
  /** The time in milliseconds; another clock in tests. */
  now?: () => number;
}

/** The folder of a run was moved or deleted while the run was training. */
export class FolderGone extends Error {
  override readonly name = 'FolderGone';

  constructor(folder: string) {
    super(
      `the folder of the run, ${folder}, was moved or deleted while the run was training, so nothing more can be kept in it. Where it was moved, resume the run there: it goes on from its last checkpoint`,
    );
  }
}

const FOLDER = 'checkpoints';

const kinds: Kinds<CheckpointOptions> = {
  resume: flag,
  minutes: nonNegative,
  syncLog: func,
  isGone: func,
  say: func,
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
    say = () => {},
    write = writeAtomically,
    now = () => performance.now(),
  } = options;
  let state = resume ? await wholeState(folder, say) : emptyState;
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
      say(`warning: ${what} could not be written: ${systemReason(error)}; the run goes on${kept}`);
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
      const before = state.checkpoints.filter((checkpoint) => isSame(checkpoint, training));
      if (before[0]?.file === file && !isGone()) return; // nothing was trained since
      const checkpoint = {
        model: training.model,
        seed: training.seed,
        file,
        sha256: await digest(bytes),
        savedAt: new Date().toISOString(),
        logBytes: syncLog(),
        progress,
      };
      const next = { ...state, checkpoints: [checkpoint, ...before.slice(0, 1)] };
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
      const entry = { result: jsonOf(result), logBytes: syncLog() };
      const next = { ...state, checkpoints: [], finished: [...state.finished, entry] };
      const done = await attempt(
        `the result of ${trainingText({ model: result.name, seed: result.seed })}`,
        () => writeState(folder, next, write),
      );
      // Without it on the disk the checkpoints there are still needed, by whoever resumes.
      state = next;
      if (done) await prune();
    },
    forecastOf: (training) => state.forecasts.find((forecast) => isSame(forecast, training))?.seconds,
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

/** The state in a folder without the checkpoints that are missing or damaged. */
async function wholeState(folder: string, say: (message: string) => void): Promise<RunState> {
  const state = await readState(folder, say);
  const whole: RunState['checkpoints'] = [];
  for (const [index, checkpoint] of state.checkpoints.entries()) {
    const path = join(folder, FOLDER, checkpoint.file);
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes && (await digest(bytes)) === checkpoint.sha256) {
      whole.push(checkpoint);
      continue;
    }
    const older = state.checkpoints[index + 1];
    const next = older
      ? `going back to the one before it, step ${older.progress.step}`
      : `${trainingText(checkpoint)} begins from its first step`;
    say(`the checkpoint ${path} is ${bytes ? 'damaged' : 'gone'}: ${next}`);
  }
  return { ...state, checkpoints: whole };
}

/** As it will be when it has been written and read: a number that is none is null. */
const jsonOf = (result: ModelResult): ModelResult => JSON.parse(JSON.stringify(result));
