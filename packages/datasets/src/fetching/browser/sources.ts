import { commonSource } from '../common-source';
import type { DatasetDeclaration } from '../declaration';
import { urlFolderSource } from '../folder-source';
import type { Source } from '../source';

/** Converts an entry of the option `sources` to a source, in the browser. */
export function browserSource(dataset: DatasetDeclaration<unknown>, text: string): Source {
  const source = commonSource(dataset, text);
  if (source) return source;
  if (text.endsWith('/')) return urlFolderSource(text, new URL(text, globalThis.location?.href).href);
  throw new Error(
    `${dataset.name}: the source '${text}' cannot be used in the browser; ` +
      "name 'jsdelivr', 'unpkg' or the URL of a folder, which ends in '/'",
  );
}
