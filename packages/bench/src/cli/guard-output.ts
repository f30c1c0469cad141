import type { Streams } from './dependencies';

/** The reader is gone: a pipe whose reader has ended, as `head` does, or a closed terminal. */
const nobodyReads = ['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'];

/**
 * Keeps the process alive when its output cannot be written, so that training continues and is saved. Without this, Node
 * ends the process with a stack trace.
 *
 * @returns whether output was lost for another reason than a missing reader, such as a full disk
 */
export function guardOutput({ out, err }: Pick<Streams, 'out' | 'err'>): { hasLost(): boolean } {
  let lost = false;
  for (const [stream, other] of [
    [out, err],
    [err, out],
  ] as const) {
    let told = false;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (told || nobodyReads.includes(error.code ?? '')) return;
      told = true;
      lost = true;
      const what = stream === out ? 'the output' : 'messages';
      const reason = error.code === 'ENOSPC' ? 'the disk is full' : error.message;
      if (other === err) err.write(`tenfold-bench: ${what} could not be written: ${reason}\n`);
    });
  }
  return { hasLost: () => lost };
}
