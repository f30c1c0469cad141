import { fileHandle, folderHandle, split } from './opfs';

// What './files' takes from Node, in the browser's private file system.

export const join = (...parts: string[]): string => parts.filter(Boolean).join('/');

export async function mkdir(path: string, _options?: { recursive: true }): Promise<void> {
  await folderHandle(path, true);
}

export async function readdir(path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const name of (await folderHandle(path)).keys()) names.push(name);
  return names.sort();
}

export function readFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
export function readFile(path: string, encoding: 'utf8'): Promise<string>;
export async function readFile(path: string, encoding?: 'utf8'): Promise<Uint8Array | string> {
  const file = await (await fileHandle(path)).getFile();
  return encoding === 'utf8' ? file.text() : new Uint8Array(await file.arrayBuffer());
}

export async function rm(
  path: string,
  { force = false, recursive = false }: { force?: boolean; recursive?: boolean } = {},
): Promise<void> {
  const { folder, name } = split(path);
  try {
    await (await folderHandle(folder)).removeEntry(name, { recursive });
  } catch (error) {
    if (!force || (error as Error).name !== 'NotFoundError') throw error;
  }
}
