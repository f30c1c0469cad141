import type { Trainer } from './create-trainer';
import type { EpochReport } from './epoch-report';

/** The context of a stop rule. */
export interface StopContext {
  /** The trainer, with the current parameters and state. */
  trainer: Pick<Trainer, 'model' | 'stepCount' | 'state'>;
  /** The values in validation reports: 'loss' and the names of the metrics; empty without validation data. */
  validated: readonly string[];
}

/**
 * A rule that can end training before the last epoch, such as {@link earlyStopping}. Called once at the start of training.
 *
 * @example
 * const stop = () => ({ shouldStop: ({ loss }) => loss < 1e-3 });
 */
export type StopRule = (context: StopContext) => {
  /** Called with the report of each epoch; returns true to end training. */
  shouldStop(report: EpochReport): boolean;
  /** Called at the end of training, with false if it has failed or was aborted. */
  end?(isOver: boolean): void;
};
