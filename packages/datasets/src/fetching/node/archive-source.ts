import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createCollector, largestTotal } from '../collector';
import { download } from '../download';
import type { Source } from '../source';
import { unpackArchive } from './unpack-archive';

/** The allowed size of other files in an archive, such as a readme. */
const MARGIN = 2 ** 24;

/** A .tar.gz on a web server, unpacked as it arrives. */
export function urlArchiveSource(name: string, url: string): Source {
  return {
    name,
    attempts: 2,
    async fetch(context) {
      const { dataset, reporter, signal, stallTimeout } = context;
      const maxBytes = largestTotal(dataset) + MARGIN;
      const chunks = download(url, { signal, stallTimeout, maxBytes }, (length) =>
        reporter.received(0, length),
      );
      await unpackArchive(counted(chunks, reporter.received), createCollector(context), maxBytes);
    },
  };
}

/** A .tar.gz on this machine. */
export function fileArchiveSource(name: string, path: string): Source {
  return {
    name,
    attempts: 1,
    async fetch(context) {
      const { dataset, signal, reporter } = context;
      const stats = await stat(path);
      // Opening a named pipe would wait for a writer, and a device has no end.
      if (!stats.isFile()) throw new Error('it is neither a file nor a folder');
      reporter.received(0, stats.size);
      const chunks = createReadStream(path, { signal, highWaterMark: 2 ** 20 });
      const maxBytes = largestTotal(dataset) + MARGIN;
      await unpackArchive(counted(chunks, reporter.received), createCollector(context), maxBytes);
    },
  };
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    count(chunk.length);
    yield chunk;
  }
}
