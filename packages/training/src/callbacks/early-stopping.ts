import { assertOptions, count, flag, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type Callback, named } from '../callback';
import { type BestOptions, bestKinds, createBest, createMonitor } from '../monitor';

export interface EarlyStoppingOptions extends BestOptions {
  /** Number of consecutive epochs without improvement after which training stops. */
  patience: number;
  /**
   * Whether to restore the parameters of the best epoch at the end, true by default. This keeps a second copy of the parameters in
   * memory. If training is aborted or fails, the current parameters are kept.
   */
  restoreBest?: boolean;
}

/**
 * Stops training when it no longer improves. A callback of `fit` and `train`.
 *
 * @throws when an option is wrong; `fit` and `train` throw when there is no validation data to monitor, or no such metric
 * @example
 * await fit(model, { data, validation, callbacks: [earlyStopping({ patience: 5 })], epochs: 100, ...rest });
 * earlyStopping({ metric: 'accuracy', mode: 'max', patience: 3 });
 * @see Prechelt, "Early Stopping — But When?", 1998, https://doi.org/10.1007/3-540-49430-8_3
 */
export function earlyStopping(options: EarlyStoppingOptions): Callback {
  assertOptions('earlyStopping', options, { patience: required(count), restoreBest: flag, ...bestKinds });
  const { patience, restoreBest = true } = options;
  const monitor = createMonitor('earlyStopping', options);
  return named('earlyStopping', (context) => {
    monitor.start(context);
    const { model } = context.trainer;
    const isBest = createBest(options.minDelta);
    let wait = 0;
    let saved: tf.NamedTensorMap | undefined;
    const forget = () => {
      if (saved) tf.dispose(saved);
      saved = undefined;
    };
    return {
      onEpoch(report) {
        if (restoreBest) assertAlive(model.parameters());
        if (isBest(monitor.read(report))) {
          wait = 0;
          if (restoreBest) {
            forget();
            // A clone shares its values until the next step assigns new ones to the variable.
            const clones = Object.entries(model.parameters()).map(
              ([name, variable]) => [name, tf.keep(tf.clone(variable))] as const,
            );
            saved = Object.fromEntries(clones);
          }
        } else wait++;
        return wait < patience;
      },
      end(isOver) {
        try {
          if (!isOver || !saved) return;
          const parameters = model.parameters();
          assertAlive(parameters);
          for (const [name, variable] of Object.entries(parameters)) variable.assign(saved[name]!);
        } finally {
          forget();
        }
      },
    };
  });
}

function assertAlive(parameters: tf.NamedTensorMap): void {
  if (Object.values(parameters).every((variable) => !variable.isDisposed)) return;
  throw new Error('earlyStopping: the model is disposed; dispose it after training');
}
