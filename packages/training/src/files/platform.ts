import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder, readRegularFile, writeAtomically } from '@tenfold/files/node';

/** The largest file that is read. */
const LARGEST = 2 ** 31 - 1;

/** Writes a whole file atomically, and makes its folder. Browsers use `platform.browser.ts`. */
export async function writeFile(path: string, content: Uint8Array): Promise<void> {
  await makeFolder(dirname(path));
  await writeAtomically(path, content);
}

/** Reads a file; undefined if there is none. */
export async function readFile(path: string): Promise<Uint8Array | undefined> {
  return (await readRegularFile(path, LARGEST)) ?? undefined;
}

/** Appends to a file, and makes it and its folder. All of `content` has been handed to the system when the promise resolves. */
export async function appendFile(path: string, content: Uint8Array): Promise<void> {
  await makeFolder(dirname(path));
  const file = await open(path, 'a');
  try {
    await file.appendFile(content); // repeats until all is written, or the system reports an error
  } finally {
    await file.close();
  }
}

/** Shortens a file. */
export async function truncateFile(path: string, size: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.truncate(size);
  } finally {
    await file.close();
  }
}

/** What a progress bar writes to: standard error, so that the output of a program can be piped. */
export function terminal(): { isTerminal: boolean; columns: number; write(text: string): void } {
  const { stderr } = process;
  return {
    isTerminal: stderr.isTTY === true,
    columns: stderr.columns ?? 80,
    write: (text) => void stderr.write(text),
  };
}

/** The name of this machine, for names of files. */
export { hostname } from 'node:os';
