import { type BrowserBackend, selectBackend } from '../../../src/backends/select-backend.browser';
import { formatCommand } from '../../../src/cli/format-command';
import { join, writeAtomically } from '../../../src/lib/files.browser';
import { plural } from '../../../src/lib/format';
import { parseResults } from '../../../src/results/results';
import type { RunEvent } from '../../../src/results/run-events';
import { isSame, type Training as OneTraining, trainingText } from '../../../src/results/training';
import { describeMachine } from '../../../src/run/machine.browser';
import { planRun } from '../../../src/run/plan';
import { trainAll } from '../../../src/run/train-all';
import { type Checkpoints, openCheckpoints } from '../../../src/run-folder/checkpoints';
import {
  differences,
  type RunRecord,
  recordedThreads,
  writeRunRecord,
} from '../../../src/run-folder/run-record';
import { readState } from '../../../src/run-folder/run-state';
import type { Choice, WorkerEvent } from '../protocol';
import { deviceFailure } from './device-failure';
import { withRunLock } from './lock';
import { readRecord, runFolder } from './runs';
import { loadClassNames, predictSamples } from './samples';
import { openStepLog } from './step-log';

/** Between checkpoints, in addition to one after every epoch: a reload loses at most this much. */
const CHECKPOINT_MINUTES = 0.5;

type Ended = { run: string; state: 'finished' | 'paused' };

export interface Training {
  start(choice: Choice): Promise<Ended>;
  resume(run: string, options?: Pick<Choice, 'measure'>): Promise<Ended>;
  /** Saves a checkpoint after this step and ends; `resume` continues. */
  pause(): void;
  /** Saves a checkpoint after this step and continues. */
  checkpointSoon(): void;
}

/** Trains one run at a time, in folders of the command line's form. */
export function createTraining(tell: (event: WorkerEvent) => void): Training {
  let controller: AbortController | undefined;
  let wanted = false;

  async function start(choice: Choice): Promise<Ended> {
    const { dataset, profile, models, backend: name, seeds, epochs, measure } = choice;
    const plan = await planRun({ dataset, profile, models, epochs });
    const backend = { ...(await selectBackend(name)), name };
    const record: RunRecord = {
      schemaVersion: 4,
      createdAt: new Date().toISOString(),
      command: formatCommand({ dataset, profile, models, backend: name, seeds, epochs, v8Flags: false }),
      profile,
      models,
      seeds,
      heldOut: 0,
      epochs,
      v8Flags: false,
      checkpointMinutes: CHECKPOINT_MINUTES,
      backend,
      ...plan,
      machine: describeMachine(),
    };
    const stamp = record.createdAt.slice(0, 19).replaceAll(/[:T]/g, '-');
    const run = `${stamp}-${profile}-${name}`;
    return withRunLock(run, async () => {
      await writeRunRecord(runFolder(run), record, writeAtomically);
      return train(run, record, { resume: false, measure });
    });
  }

  async function resume(run: string, { measure }: Pick<Choice, 'measure'> = {}): Promise<Ended> {
    const record = await readRecord(run);
    if (!record) throw new Error(`The run ${run} cannot be resumed: it has no run.json.`);
    const name = record.backend.name as BrowserBackend;
    const { details } = await selectBackend(name, { threads: recordedThreads(record) });
    const changed = differences(record, { backend: { name, details }, machine: describeMachine() });
    return withRunLock(run, () => train(run, record, { resume: true, changed, measure }));
  }

  async function train(
    run: string,
    record: RunRecord,
    { resume, changed = [], measure }: { resume: boolean; changed?: string[]; measure?: boolean },
  ): Promise<Ended> {
    const folder = runFolder(run);
    const { signal } = controller!;
    let sync = () => 0;
    const checkpoints = await openCheckpoints(folder, {
      resume,
      minutes: record.checkpointMinutes,
      syncLog: () => sync(),
      warn: (message) => tell({ type: 'warning', message }),
      write: writeAtomically,
    });
    const log = await openStepLog(join(folder, 'steps.jsonl'), resume ? checkpoints.logBytes : 0);
    sync = log.sync;
    if (resume) {
      checkpoints.resume(changed);
      log.line({ type: 'resume', differences: changed });
      if (changed.length > 0) {
        const message = `the last digits may differ from those of an uninterrupted run: ${changed.join('; ')}`;
        tell({ type: 'warning', message });
      }
    } else {
      const { command, profile, models, seeds, backend, dataset } = record;
      const header = { profile, dataset: dataset.id, models, backend: backend.name, seeds, command };
      log.line({ type: 'run', ...header });
    }
    const { backend, machine } = record;
    tell({ type: 'begun', run, backend, threads: machine.threads });
    // The log already has the first lines of a resumed training.
    let known: OneTraining | undefined = checkpoints.training;
    const listener = (event: RunEvent) => {
      if (event.type === 'modelStart' && known && isSame(event, known)) known = undefined;
      else if (['step', 'epoch', 'modelStart', 'modelEnd'].includes(event.type)) log.line(event);
      tell(event);
    };
    try {
      const { recipes, profile, seeds, heldOut, command } = record;
      const found = await trainAll(
        {
          recipes,
          profile,
          seeds,
          heldOut,
          command,
          dataset: record.dataset.id,
          checkpoints: watched(checkpoints, record),
          outputDirectory: folder,
          measure,
          signal,
        },
        listener,
      );
      const { resumed } = checkpoints;
      const all = [...new Set(resumed.flatMap((session) => session.differences))];
      const times = resumed.length;
      const bits = all.length > 0 ? ('approximate' as const) : ('equal' as const);
      const results = parseResults({
        ...found,
        backend,
        resumed: times > 0 ? { times, bits, differences: all } : undefined,
      });
      await writeAtomically(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
      log.line({ type: 'end', reason: 'finished' });
      return { run, state: 'finished' };
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) {
        throw await deviceFailure(error, () => describeSaved(folder));
      }
      log.line({ type: 'end', reason: 'interrupted' });
      return { run, state: 'paused' };
    } finally {
      log.close();
    }
  }

  /** The same checkpoints, which also report their content to the page. */
  function watched(checkpoints: Checkpoints, record: RunRecord): Checkpoints {
    return {
      ...checkpoints,
      // Copied, it would be what it is before the first measurement.
      get peak() {
        return checkpoints.peak;
      },
      isDue: () => wanted || checkpoints.isDue(),
      async save(training, bytes, progress) {
        wanted = false;
        await checkpoints.save(training, bytes, progress);
        tell({ type: 'checkpoint', training, step: progress.step });
        const { outcome, history, sums } = progress;
        if (outcome && sums === null)
          tell({
            type: 'outcome',
            training,
            epoch: history.length,
            outcome,
            classNames: await loadClassNames(record.dataset.id),
          });
      },
      async saveModel(training, bytes) {
        await checkpoints.saveModel(training, bytes);
        const recipe = record.recipes.find(({ model }) => model === training.model)!;
        tell({
          type: 'samples',
          samples: await predictSamples(record.dataset.id, recipe, training.seed, bytes),
        });
      },
      async finish(result) {
        await checkpoints.finish(result);
        tell({ type: 'modelResult', result: parseModel(result) });
      },
    };
  }

  async function alone<T>(work: () => Promise<T>): Promise<T> {
    if (controller) throw new Error('A run is already training; pause it first.');
    controller = new AbortController();
    wanted = false;
    try {
      return await work();
    } finally {
      controller = undefined;
    }
  }
  return {
    start: (choice) => alone(() => start(choice)),
    resume: (run, options) => alone(() => resume(run, options)),
    pause: () => controller?.abort(new DOMException('The run was paused', 'AbortError')),
    checkpointSoon() {
      wanted = controller !== undefined;
    },
  };
}

/** What is saved of a run, as text. */
async function describeSaved(folder: string): Promise<string> {
  const { checkpoints, finished } = await readState(folder, () => {});
  const [newest] = checkpoints;
  if (newest) return `Saved: ${trainingText(newest)} up to step ${newest.progress.step}`;
  if (finished.length > 0) return `Saved: ${plural(finished.length, 'finished training')}`;
  return 'Nothing is saved yet';
}

/** The value as in the file: NaN and Infinity become null. */
const parseModel = <T>(result: T): T => JSON.parse(JSON.stringify(result));
