import { assertOptions, required, text } from '@tenfold/checks';
import { type Callback, named } from '../callback';
import { saveCheckpoint } from '../checkpoint';
import type { Trainer } from '../create-trainer';
import { writeFile } from '../files/platform';
import { type BestOptions, bestKinds, createBest, createMonitor } from '../monitor';

export interface SaveBestOptions extends BestOptions {
  /** The file, which is written atomically. In a browser it is in the page's private file system. */
  file: string;
}

/**
 * Saves a checkpoint after each epoch that is the best so far. `loadCheckpoint` reads it.
 *
 * Its metadata has the epoch and the monitored value. A later run replaces the file with its first epoch.
 *
 * @throws when an option is wrong; `fit` and `train` throw when the file cannot be written, or there is nothing to monitor
 * @example
 * await fit(model, { ...options, validation, callbacks: [saveBest({ file: 'best.safetensors' })] });
 */
export function saveBest(options: SaveBestOptions): Callback {
  assertOptions('saveBest', options, { file: required(text), ...bestKinds });
  const { file, minDelta } = options;
  const monitor = createMonitor('saveBest', options);
  return named('saveBest', (context) => {
    monitor.start(context);
    const isBest = createBest(minDelta);
    return {
      async onEpoch(report) {
        const value = monitor.read(report);
        if (!isBest(value)) return;
        const metadata = {
          epoch: String(report.epoch),
          value: String(options.mode === 'max' ? -value : value),
        };
        await writeFile(file, await saveCheckpoint(context.trainer as Trainer, metadata));
      },
    };
  });
}
