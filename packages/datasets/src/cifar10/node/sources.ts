import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commonSource, folderSource } from '../folder-source';
import type { Source } from '../source';
import { fileArchiveSource, officialUrl, urlArchiveSource } from './archive-source';
import { npmSource } from './npm-source';

/** What each entry of the option `sources` means in Node. */
export function nodeSource(text: string, workFolder: string): Source {
  if (text === 'npm') return npmSource(workFolder);
  if (text === 'official') return urlArchiveSource(text, officialUrl);
  return commonSource(text) ?? (/^https?:/.test(text) ? urlArchiveSource(text, text) : localSource(text));
}

function localSource(text: string): Source {
  const path = text.startsWith('file:') ? fileURLToPath(text) : text;
  const folder = folderSource(text, 1, async (name, { signal }, onLength, onBytes) => {
    try {
      const content = await readFile(join(path, name), { signal });
      onLength?.(content.length);
      onBytes?.(content.length);
      return new Uint8Array(content.buffer, content.byteOffset, content.length);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  });
  return {
    name: text,
    attempts: 1,
    async fetch(context) {
      const isFolder = (await stat(path)).isDirectory();
      await (isFolder ? folder : fileArchiveSource(text, path)).fetch(context);
    },
  };
}
