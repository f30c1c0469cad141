import { DivergenceError, TrainingAborted } from '@tenfold/training';
import type { RunListener } from '../results/run-events';
import { type ModelRun, noFindings } from './model-run';
import { TrainingSession, type TrainModelOptions } from './training-session';

/**
 * Trains one model by its recipe on the current backend and evaluates it on every test image after each epoch. Stopped
 * at any step and started again from its checkpoint, it finds what it would have found without the break.
 */
export async function trainModel(options: TrainModelOptions, listener: RunListener): Promise<ModelRun> {
  const session = await TrainingSession.open(options, listener);
  const ended = await runSession(session, options.signal).finally(() => session.dispose());
  return session.summarize(ended.findings, ended.diverged);
}

async function runSession(session: TrainingSession, signal: AbortSignal | undefined) {
  try {
    await session.begin();
    await session.train();
    return { findings: await session.measure(), diverged: null };
  } catch (caught) {
    const error = caught instanceof TrainingAborted ? caught.cause : caught;
    if (signal?.aborted && error === signal.reason) await session.interrupt();
    if (!(error instanceof DivergenceError)) throw error;
    session.diverge(error.message);
    return { findings: noFindings, diverged: error.message };
  }
}
