import type { Trainer } from './create-trainer';
import type { EpochReport } from './epoch-report';

/** What a rule is given when a training begins. */
export interface StopContext {
  /** Model and optimizer as they are at every moment. */
  trainer: Pick<Trainer, 'model' | 'stepCount' | 'state'>;
  /** What reports have of the validation data: 'loss' and the names of the metrics; nothing without such data. */
  validated: readonly string[];
}

/**
 * When a training ends before its last epoch: called once when it begins. {@link earlyStopping} makes one.
 *
 * @example
 * const stop = () => ({ shouldStop: ({ loss }) => loss < 1e-3 });
 */
export type StopRule = (context: StopContext) => {
  /** Called after every epoch with its report; true ends the training. */
  shouldStop(report: EpochReport): boolean;
  /** Called when the training is over, or, with false, has failed or was aborted. */
  end?(isOver: boolean): void;
};
