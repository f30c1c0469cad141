import type { DatasetDeclaration } from './declaration';
import { urlFolderSource } from './folder-source';
import type { Source } from './source';

/** Networks that serve the files of npm packages, to browsers too. */
export const networks: Readonly<Record<string, string>> = {
  jsdelivr: 'https://cdn.jsdelivr.net/npm/',
  unpkg: 'https://unpkg.com/',
};

/** The source that a name or a URL means on every platform, else null. */
export function commonSource({ sources }: DatasetDeclaration<unknown>, text: string): Source | null {
  const { npm, official } = sources;
  const network = Object.hasOwn(networks, text) ? networks[text] : undefined;
  if (npm && network) {
    return urlFolderSource(text, `${network}${npm.package}/${npm.folder ? `${npm.folder}/` : ''}`);
  }
  if (text === 'official' && official?.endsWith('/')) return urlFolderSource(text, official);
  return /^https?:\/\/.*\/$/.test(text) ? urlFolderSource(text, text) : null;
}
