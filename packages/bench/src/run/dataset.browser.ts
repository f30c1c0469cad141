import { cifar10, type ImageDataset } from '@tenfold/datasets';
import type * as node from './dataset';

let loaded: Promise<ImageDataset> | undefined;

/** The data of the comparison, loaded once for each worker: from the browser's storage, the page's own host or a network. */
export const dataset: typeof node.dataset = {
  name: 'CIFAR-10',
  sha256: Object.fromEntries(cifar10.parts.map(({ file, sha256 }) => [file, sha256])),
  load({ signal }, listener) {
    loaded ??= load(signal, listener).catch((error) => {
      loaded = undefined; // the next one tries again
      throw error instanceof AggregateError ? inWords(error) : error;
    });
    return loaded;
  },
};

async function load(
  signal: AbortSignal | undefined,
  listener: Parameters<typeof dataset.load>[1],
): Promise<ImageDataset> {
  listener({ type: 'stage', message: 'Loading CIFAR-10' });
  return cifar10({
    signal,
    sources: [...(await ownHost()), 'jsdelivr', 'unpkg'],
    onProgress({ phase, message, bytes, totalBytes, bytesPerSecond, secondsLeft }) {
      if (phase === 'downloading') {
        listener({ type: 'download', receivedBytes: bytes, totalBytes, bytesPerSecond, secondsLeft });
      } else {
        listener({ type: 'stage', message });
      }
    },
  });
}

/** For whoever looks at a page: no option of a function is of use there. */
function inWords({ message, errors }: AggregateError): Error {
  const sources = message.split('\n').filter((line) => line.startsWith('  - '));
  return new AggregateError(
    errors,
    `CIFAR-10 could not be fetched:\n${sources.join('\n')}\nCheck the network and what blocks these hosts. Or run the bench once in Node on this machine: it keeps the data, and 'serve' then brings them along.`,
  );
}

/** The folder `cifar10/` beside the page, where its host has one: `serve` does when Node has the data already. */
async function ownHost(): Promise<string[]> {
  const folder = new URL('./cifar10/', pageAddress()).href;
  try {
    const { ok, headers } = await fetch(new URL('test_batch.bin', folder), { method: 'HEAD' });
    return ok && !headers.get('content-type')?.startsWith('text/html') ? [folder] : [];
  } catch {
    return []; // offline: the storage may have all
  }
}

/** Workers lie in `assets/` below the page. */
const pageAddress = (): string => globalThis.location.href.replace(/assets\/[^/]*$/, '');
