import { load } from '../src/fetching/load';
import { nodeSource } from '../src/fetching/node/sources';
import { fileStore } from '../src/stores/node/file-store';
import { smallDataset } from './small-dataset';

/**
 * Loads the small dataset in a separate process, writes every progress message as a line, and 'loaded' at the end.
 *
 * @param source the entry of `sources`
 */
export async function loadInProcess(folder: string, source: string): Promise<void> {
  const places = {
    store: fileStore(folder, smallDataset),
    sources: [nodeSource(smallDataset, source, folder)],
    advice: '',
  };
  await load(smallDataset, places, {
    onProgress: ({ phase, message }) => console.log(phase, message),
  });
  console.log('loaded');
}
