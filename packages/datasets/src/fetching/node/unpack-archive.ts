import { TextDecoder } from 'node:util';
import type { ReadEntry } from 'tar';
import type { Collector } from '../collector';
import { concat } from '../download';

/**
 * Hands the wanted files of a .tar.gz to a collector while the archive arrives.
 *
 * The next file is only read when the collector is done with the one before, which holds back the sender.
 *
 * @param maxBytes how much all files of the archive may have together
 * @throws when the archive is damaged, ends early or has more, when a wanted file has more bytes than the collector takes,
 *   and what the collector throws
 */
export async function unpackArchive(
  chunks: AsyncIterable<Uint8Array>,
  collector: Collector,
  maxBytes: number,
): Promise<void> {
  const { Parser } = await import('tar'); // only ever needed once per machine
  let total = 0;
  let done: Promise<unknown> = Promise.resolve();
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {}); // nobody may be waiting when it happens

  const parser = new Parser({
    strict: true, // what tar would only warn of is damage here
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
        if (limit === undefined) return entry.resume(); // a file of that name has come before
        if (entry.size > limit) {
          throw new Error(`${entry.path} has ${entry.size} bytes, expected at most ${limit}`);
        }
        const content = await Promise.race([contentOf(entry), failed]);
        await collector.add(entry.path, content);
      });
      done.catch(fail);
    },
  });
  const ended = new Promise<void>((resolve) => parser.on('end', resolve));
  parser.on('error', (error: unknown) => fail(error));

  try {
    for await (const chunk of checked(chunks)) {
      if (total > maxBytes) break;
      const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (parser.write(buffer)) continue;
      await Promise.race([new Promise<void>((resolve) => parser.once('drain', resolve)), failed]);
    }
    parser.end();
    await Promise.race([failed, ended]); // in this order: when both have happened, the failure counts
    await done;
  } finally {
    fail(new Error('stopped')); // no matter when all went well; else it ends the wait for what will not come
    await done.catch(() => {}); // a part may still be on its way to the disk
  }
  collector.finish();
}

async function contentOf(entry: ReadEntry): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for await (const part of entry) parts.push(part);
  return concat(parts);
}

/** The same bytes, once their beginning is that of an archive: a server's log-in page comes with status 200 as well. */
async function* checked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const magicEnd = 262; // of a tar's "ustar"; a gzip says what it is at once
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
  // Bytes, because decoders differ on 0x8b: Node 24 takes latin1 for windows-1252.
  if (head[0] === 0x1f && head[1] === 0x8b) return head;
  const text = new TextDecoder('latin1').decode(head.subarray(0, 262));
  if (text.endsWith('ustar')) return head;
  throw new Error(`it is not a .tar.gz but begins with ${JSON.stringify(text.slice(0, 20))}`);
}
