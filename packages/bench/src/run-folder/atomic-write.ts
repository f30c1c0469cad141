import { open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';

/** Writes a file completely or not at all; tests bring one that fails. */
export type WriteFile = (path: string, data: string | Uint8Array) => Promise<void>;

/** Writes a file so that a crash at any moment, of the machine too, leaves the old content or the new one. */
export const writeAtomically: WriteFile = async (path, data) => {
  const content =
    typeof data === 'string' ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  await writeFileAtomic(path, content);
  await syncFolder(dirname(path));
};

/** Removes what a process that was killed left of files that it was writing. */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  const leftovers = names.filter((name) => /\.(json|jsonl|safetensors|html|md)\.\d+$/.test(name));
  await Promise.all(leftovers.map((name) => rm(join(folder, name), { force: true })));
}

/** Whether the system refused: a full disk, a lost drive, a folder made read-only; and not a mistake in the program. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && /^E[A-Z0-9]+$/.test(String(error.code));
}

/** Why the system refused, in words. */
export function systemReason({ code, message }: NodeJS.ErrnoException): string {
  return code === 'ENOSPC' ? 'the disk is full' : code === 'EDQUOT' ? 'the quota is used up' : message;
}

// A rename survives a power cut only when the folder has been written too. Windows cannot, and need not.
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EINVAL') throw error; // a file system that does not know how
  } finally {
    await folder.close();
  }
}
