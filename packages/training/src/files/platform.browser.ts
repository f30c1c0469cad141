import { fileHandle, openForWriting, writeWhole } from '@tenfold/files/browser';

/** Writes a whole file in the page's private file system. Node uses `platform.ts`. */
export const writeFile = (path: string, content: Uint8Array): Promise<void> => writeWhole(path, content);

/** Reads a file; undefined if there is none. */
export async function readFile(path: string): Promise<Uint8Array | undefined> {
  try {
    const file = await (await fileHandle(path)).getFile();
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    if ((error as Error).name === 'NotFoundError') return undefined;
    throw error;
  }
}

/** Appends to a file, and makes it and its folder. */
export async function appendFile(path: string, content: Uint8Array): Promise<void> {
  const handle = await openForWriting(path);
  if (!handle) {
    // On the main thread, which has no handle for writing in place.
    const file = await fileHandle(path, true);
    const { size } = await file.getFile();
    const stream = await file.createWritable({ keepExistingData: true });
    await stream.seek(size);
    await stream.write(content as Uint8Array<ArrayBuffer>);
    return stream.close();
  }
  try {
    const written = handle.write(content, { at: handle.getSize() });
    if (written !== content.length) {
      throw new DOMException(`only ${written} of ${content.length} bytes were written`, 'QuotaExceededError');
    }
    handle.flush();
  } finally {
    handle.close();
  }
}

/** Shortens a file. */
export async function truncateFile(path: string, size: number): Promise<void> {
  const content = await readFile(path);
  if (content) await writeWhole(path, content.subarray(0, size));
}

/** What a progress bar writes to: the console, in lines. */
export function terminal(): { isTerminal: boolean; columns: number; write(text: string): void } {
  return { isTerminal: false, columns: 80, write: (text) => console.info(text.trimEnd()) };
}

/** The name of this machine, for names of files. */
export const hostname = (): string => 'browser';
