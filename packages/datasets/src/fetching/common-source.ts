import type { DatasetDeclaration } from './declaration';
import { urlFolderSource } from './folder-source';
import type { Source } from './source';

/** CDNs that serve the files of npm packages. */
export const networks: Readonly<Record<string, string>> = {
  jsdelivr: 'https://cdn.jsdelivr.net/npm/',
  unpkg: 'https://unpkg.com/',
};

/** Converts a name or a URL to a source that works on every platform, or returns null. */
export function commonSource({ sources }: DatasetDeclaration<unknown>, text: string): Source | null {
  const { npm, official } = sources;
  const network = Object.hasOwn(networks, text) ? networks[text] : undefined;
  if (npm && network) {
    return urlFolderSource(text, `${network}${npm.package}/${npm.folder ? `${npm.folder}/` : ''}`);
  }
  if (text === 'official' && official?.endsWith('/')) return urlFolderSource(text, official);
  return /^https?:\/\/.*\/$/.test(text) ? urlFolderSource(text, text) : null;
}
