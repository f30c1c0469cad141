import { TextDecoder } from 'node:util';
import type { ReadEntry } from 'tar';
import type { Collector } from '../collector';
import { concat } from '../download';

/**
 * Passes the needed files of a .tar.gz to a collector as the archive arrives.
 *
 * Each file is read only after the collector has finished with the previous one, which slows down the sender if necessary.
 *
 * @param maxBytes the maximum total size of all files in the archive
 * @throws when the archive is damaged, incomplete or too large, when a needed file exceeds the collector's limit, and any error of the
 *   collector
 */
export async function unpackArchive(
  chunks: AsyncIterable<Uint8Array>,
  collector: Collector,
  maxBytes: number,
): Promise<void> {
  const { Parser } = await import('tar'); // usually needed only once per machine
  let total = 0;
  let done: Promise<unknown> = Promise.resolve();
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {}); // handles a rejection before anything awaits it

  const parser = new Parser({
    strict: true, // treats tar's warnings as damage
    filter: (path, entry) => {
      total += entry.size ?? 0;
      if (total > maxBytes) fail(new Error(`it unpacks to more than ${maxBytes} bytes`));
      return (
        total <= maxBytes && 'type' in entry && entry.type === 'File' && collector.limitOf(path) !== undefined
      );
    },
    onReadEntry: (entry: ReadEntry) => {
      done = done.then(async () => {
        const limit = collector.limitOf(entry.path);
        if (limit === undefined) return entry.resume(); // a duplicate
        if (entry.size > limit) {
          throw new Error(`${entry.path} has ${entry.size} bytes, expected at most ${limit}`);
        }
        const content = await Promise.race([readContent(entry), failed]);
        await collector.add(entry.path, content);
      });
      done.catch(fail);
    },
  });
  const ended = new Promise<void>((resolve) => parser.on('end', resolve));
  parser.on('error', (error: unknown) => fail(error));

  try {
    for await (const chunk of checkMagic(chunks)) {
      if (total > maxBytes) break;
      const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (parser.write(buffer)) continue;
      await Promise.race([new Promise<void>((resolve) => parser.once('drain', resolve)), failed]);
    }
    parser.end();
    await Promise.race([failed, ended]); // in this order: if both have happened, the failure counts
    await done;
  } finally {
    fail(new Error('stopped')); // after an error, ends the wait for further data; otherwise without effect
    await done.catch(() => {}); // a part may still be being written
  }
  collector.finish();
}

async function readContent(entry: ReadEntry): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for await (const part of entry) parts.push(part);
  return concat(parts);
}

/** Passes the bytes on if they start like an archive. A login page, for example, also has status 200. */
async function* checkMagic(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const magicEnd = 262; // the end of tar's "ustar"; gzip's magic number is at the start
  const head: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length - chunk.length >= magicEnd) yield chunk;
    else {
      head.push(chunk);
      if (length >= magicEnd) yield checkBeginning(concat(head));
    }
  }
  if (length < magicEnd) yield checkBeginning(concat(head));
}

function checkBeginning(head: Uint8Array): Uint8Array {
  if (head.length === 0) throw new Error('it is empty');
  // Compared as bytes, because decoders differ on 0x8b: Node 24 treats latin1 as windows-1252.
  if (head[0] === 0x1f && head[1] === 0x8b) return head;
  const text = new TextDecoder('latin1').decode(head.subarray(0, 262));
  if (text.endsWith('ustar')) return head;
  throw new Error(`it is not a .tar.gz but begins with ${JSON.stringify(text.slice(0, 20))}`);
}
