import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createCollector } from '../collector';
import { download } from '../download';
import type { Source } from '../source';
import { unpackArchive } from './unpack-archive';

/** The archive that the data set's authors publish. */
export const officialUrl = 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz';

/** A .tar.gz on a web server, unpacked while it arrives. */
export function urlArchiveSource(name: string, url: string): Source {
  return {
    name,
    attempts: 2,
    async fetch(context) {
      const { reporter } = context;
      const chunks = download(url, context, (length) => reporter.received(0, length));
      await unpackArchive(counted(chunks, reporter.received), createCollector(context));
    },
  };
}

/** A .tar.gz on this machine. */
export function fileArchiveSource(name: string, path: string): Source {
  return {
    name,
    attempts: 1,
    async fetch(context) {
      const { signal, reporter } = context;
      reporter.received(0, (await stat(path)).size);
      const chunks = createReadStream(path, { signal, highWaterMark: 2 ** 20 });
      await unpackArchive(counted(chunks, reporter.received), createCollector(context));
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
