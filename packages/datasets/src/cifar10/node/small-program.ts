// Loads the small data set in a process of its own; for tests only.
import { load } from '../load';
import { smallFormat } from '../small-data';
import { fileStore } from './file-store';
import { nodeSource } from './sources';

/** @param source what `sources` would hold; writes every progress message as a line, and 'loaded' at the end */
export async function loadInProcess(folder: string, source: string): Promise<void> {
  await load(smallFormat, fileStore(folder, smallFormat), [nodeSource(source, folder)], '', {
    onProgress: ({ phase, message }) => console.log(phase, message),
  });
  console.log('loaded');
}
