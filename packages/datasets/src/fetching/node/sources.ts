import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRegularFile } from '@tenfold/files/node';
import { commonSource } from '../common-source';
import type { DatasetDeclaration } from '../declaration';
import { folderSource } from '../folder-source';
import type { Source } from '../source';
import { fileArchiveSource, urlArchiveSource } from './archive-source';
import { npmSource } from './npm-source';

/**
 * Converts an entry of the option `sources` to a source, in Node.
 *
 * @param workFolder for npm's tarball until it is unpacked
 */
export function nodeSource(dataset: DatasetDeclaration<unknown>, text: string, workFolder: string): Source {
  const { npm, official } = dataset.sources;
  if (text === 'npm' && npm) return npmSource(npm, workFolder);
  const common = commonSource(dataset, text);
  if (common) return common;
  if (text === 'official' && official) return urlArchiveSource(text, official);
  return /^https?:/.test(text) ? urlArchiveSource(text, text) : localSource(text);
}

function localSource(text: string): Source {
  const path = text.startsWith('file:') ? fileURLToPath(text) : text;
  const folder = folderSource(text, 1, async (name, { signal, maxBytes }, onLength, onBytes) => {
    signal.throwIfAborted();
    const content = await readRegularFile(join(path, name), maxBytes);
    if (!content) return null;
    if (content.length > maxBytes) throw new Error(`${name} has more than ${maxBytes} bytes`);
    onLength(content.length);
    onBytes(content.length);
    return content;
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
