import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * Reads a file; of one larger than `maxBytes`, one byte more than that, which shows that it is too large.
 *
 * @returns null when there is no such file; no bytes when it is not a regular file but a pipe, a device or a folder
 * @throws file system errors
 */
export async function readRegularFile(
  path: string,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    // Without NONBLOCK, which Windows does not know, opening a named pipe waits for somebody who writes into it.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stats = await file.stat();
      const bytes = new Uint8Array(stats.isFile() ? Math.min(stats.size, maxBytes + 1) : 0);
      for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, at, bytes.length - at, at);
        if (bytesRead === 0) break;
        at += bytesRead;
      }
      return bytes;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
