/** Persistent texts by name. */
export interface Store {
  read(name: string): Promise<string | undefined>;
  /** Writes atomically. */
  write(name: string, text: string): Promise<void>;
}

type FileSystem = typeof import('node:fs/promises');

/**
 * Where this user's measurements are kept: in Node a folder of `TENFOLD_CACHE` or of the user's cache folder, in a page its
 * localStorage. A worker of a browser has neither, and gets nothing.
 */
export function userStore(): Store | undefined {
  if (typeof process === 'object' && process.versions?.node) return folderStore(cacheFolder(process));
  try {
    // Reading the property throws when cookies are blocked.
    return globalThis.localStorage && pageStore(globalThis.localStorage);
  } catch {
    return undefined;
  }
}

/** Files in a folder, which is created at the first write. */
export function folderStore(folder: string): Store {
  // Not literals, or a bundler for the browser would resolve the modules.
  const files = async () => (await import(/* @vite-ignore */ /* webpackIgnore: true */ FILES)) as FileSystem;
  const filePath = (name: string) => `${folder}/${name.replaceAll(/[^\w.-]+/g, '-')}.json`;
  return {
    async read(name) {
      const { readFile } = await files();
      return readFile(filePath(name), 'utf8').catch(() => undefined);
    },
    async write(name, text) {
      const { mkdir, rename, writeFile } = await files();
      await mkdir(folder, { recursive: true });
      // Another process may read or write at the same time: a file appears under its name only when it is whole.
      const partial = `${filePath(name)}.${process.pid}.${Math.random().toString(36).slice(2)}`;
      await writeFile(partial, text);
      await rename(partial, filePath(name));
    },
  };
}

/** Entries of a page's localStorage. */
export const pageStore = (storage: Pick<Storage, 'getItem' | 'setItem'>): Store => ({
  read: async (name) => storage.getItem(`tenfold ${name}`) ?? undefined,
  write: async (name, text) => storage.setItem(`tenfold ${name}`, text),
});

const FILES = 'node:fs/promises';

/** The folder according to the platform's conventions. */
export function cacheFolder({
  env,
  platform,
}: {
  env: Record<string, string | undefined>;
  platform: string;
}): string {
  const home = env.HOME ?? env.USERPROFILE ?? '.';
  const ofPlatform =
    platform === 'win32'
      ? `${env.LOCALAPPDATA ?? `${home}/AppData/Local`}/tenfold/Cache`
      : platform === 'darwin'
        ? `${home}/Library/Caches/tenfold`
        : `${env.XDG_CACHE_HOME || `${home}/.cache`}/tenfold`;
  return `${env.TENFOLD_CACHE || ofPlatform}/webgpu`;
}
