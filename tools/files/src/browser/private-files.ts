// The private file system of the page's origin, by paths like those of a disk: 'tenfold/runs/NAME/state.json'.

/** The file handle of a worker, which is missing in the types of pages. */
export interface SyncAccessHandle {
  read(into: Uint8Array, options?: { at?: number }): number;
  write(data: Uint8Array, options?: { at?: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}
type WorkerFileHandle = FileSystemFileHandle & { createSyncAccessHandle?(): Promise<SyncAccessHandle> };

/** @throws a NotFoundError if it does not exist and `create` is false */
export async function folderHandle(path: string, create = false): Promise<FileSystemDirectoryHandle> {
  let folder = await navigator.storage.getDirectory();
  for (const name of path.split('/').filter(Boolean)) {
    folder = await folder.getDirectoryHandle(name, { create });
  }
  return folder;
}

/** @throws a NotFoundError if it does not exist and `create` is false */
export async function fileHandle(path: string, create = false): Promise<WorkerFileHandle> {
  const { folder, name } = split(path);
  return (await folderHandle(folder, create)).getFileHandle(name, { create });
}

/** Splits a path into its folder and its last part. */
export function split(path: string): { folder: string; name: string } {
  const parts = path.split('/').filter(Boolean);
  return { folder: parts.slice(0, -1).join('/'), name: parts.at(-1) ?? '' };
}

/**
 * Opens a file for writing in place, with exclusive access. A worker that was ended by a reload may hold it for a moment, so it
 * retries.
 *
 * @returns undefined if there is no such handle, as on the main thread
 */
export async function openForWriting(path: string): Promise<SyncAccessHandle | undefined> {
  const handle = await fileHandle(path, true);
  if (!handle.createSyncAccessHandle) return undefined;
  for (let wait = 10; ; wait *= 2) {
    try {
      return await handle.createSyncAccessHandle();
    } catch (error) {
      if ((error as Error).name !== 'NoModificationAllowedError' || wait > 2000) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** Writes a whole file. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await openForWriting(path);
  if (!handle) {
    const stream = await (await fileHandle(path, true)).createWritable();
    await stream.write(bytes as Uint8Array<ArrayBuffer>);
    return stream.close();
  }
  try {
    handle.truncate(0);
    const written = handle.write(bytes, { at: 0 });
    if (written !== bytes.length) {
      throw new DOMException(`only ${written} of ${bytes.length} bytes were written`, 'QuotaExceededError');
    }
    handle.flush();
  } finally {
    handle.close();
  }
}
