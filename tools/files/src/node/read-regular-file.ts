import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * Reads a file, at most `maxBytes` + 1 bytes, so that the caller can detect a file that is too large.
 *
 * @returns null if there is no such file; no bytes if it is a pipe, a device or a folder
 * @throws file system errors
 */
export async function readRegularFile(
  path: string,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    // Without NONBLOCK, which Windows lacks, opening a named pipe would wait for a writer.
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
