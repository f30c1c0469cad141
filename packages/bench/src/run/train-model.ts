import { DivergenceError, TrainingAborted } from '@tenfold/training';
import type { RunListener } from '../results/run-events';
import { type ModelRun, noFindings } from './model-run';
import { TrainingSession, type TrainModelOptions } from './training-session';

/**
 * Trains one model by its recipe on the current backend and evaluates it on all test images after each epoch. If it is
 * stopped at any step and resumed from its checkpoint, the result is the same.
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
