import { type Cifar10, cifar10Digests, loadCifar10 } from '@tenfold/datasets';
import type { CompareOptions, RunListener } from './types';

/** The data of the comparison; what is loaded has these digests. */
export const dataSet = {
  name: 'CIFAR-10',
  sha256: cifar10Digests as Record<string, string>,
  load({ cacheDirectory, signal }: CompareOptions, listener: RunListener): Promise<Cifar10> {
    listener({ type: 'stage', message: 'Loading CIFAR-10' });
    return loadCifar10({
      cacheDirectory,
      signal,
      onProgress({ phase, message, bytes, totalBytes, bytesPerSecond, secondsLeft }) {
        if (phase === 'downloading') {
          listener({ type: 'download', receivedBytes: bytes, totalBytes, bytesPerSecond, secondsLeft });
        } else {
          listener({ type: 'stage', message });
        }
      },
    });
  },
};
