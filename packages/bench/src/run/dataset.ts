import { cifar10, type ImageDataset } from '@tenfold/datasets';
import type { RunListener } from '../results/run-events';
import type { RunOptions } from './run-options';

/** The data of the comparison; what is loaded has these digests. */
export const dataset = {
  name: 'CIFAR-10',
  sha256: Object.fromEntries(cifar10.parts.map(({ file, sha256 }) => [file, sha256])),
  load({ cacheDirectory, signal }: RunOptions, listener: RunListener): Promise<ImageDataset> {
    listener({ type: 'stage', message: 'Loading CIFAR-10' });
    return cifar10({
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
