import type { LoadProgress } from '@tenfold/datasets';
import type { RunListener } from '../results/run-events';

/** Reports that a dataset is being loaded, and returns a listener that turns its progress into events. */
export function listenToLoading(dataset: string, listener: RunListener): (progress: LoadProgress) => void {
  listener({ type: 'stage', message: `Loading ${dataset}` });
  return ({ phase, message, bytes, totalBytes, bytesPerSecond, secondsLeft }) => {
    if (phase === 'downloading') {
      listener({ type: 'download', dataset, receivedBytes: bytes, totalBytes, bytesPerSecond, secondsLeft });
    } else {
      listener({ type: 'stage', message });
    }
  };
}
