import { type Collector, createCollector, listConversions } from './collector';
import type { DatasetDeclaration } from './declaration';
import { downloadFile } from './download';
import { FinalError, formatReason, type Source, type SourceContext } from './source';

/** Reads a file of at most `maxBytes` from a folder; null if it does not exist. */
export type ReadFile = (
  name: string,
  context: SourceContext & { maxBytes: number },
  onLength: (bytes: number | null) => void,
  onBytes: (bytes: number) => void,
) => Promise<Uint8Array<ArrayBuffer> | null>;

/**
 * A folder with the files of a dataset in one of their forms. They are read in sequence, so that a failure does not lose earlier
 * files.
 */
export function folderSource(name: string, attempts: number, readFile: ReadFile): Source {
  return {
    name,
    attempts,
    async fetch(context) {
      const { dataset, missing, reporter } = context;
      const collector = createCollector(context);
      let preferred = 0; // the form of the previous part, which the next one probably has too
      let received = 0;
      for (const { file, bytes } of dataset.parts.filter((part) => missing.has(part.file))) {
        const forms = listForms(dataset, file);
        const order = [...forms.keys()].sort((a, b) => Number(b === preferred) - Number(a === preferred));
        const left = dataset.parts.filter((part) => missing.has(part.file));
        const parts = left.reduce((sum, part) => sum + part.bytes, 0) / bytes;
        for (const form of order) {
          received += await readForm(forms[form]!, collector, (name, maxBytes, isMain) =>
            readFile(
              name,
              { ...context, maxBytes },
              // All parts have about the same compression ratio in this form, so that one gives an estimate of the total.
              (length) =>
                isMain &&
                reporter.received(0, length === null ? null : received + Math.round(parts * length)),
              (count) => isMain && reporter.received(count),
            ),
          );
          if (missing.has(file)) continue;
          preferred = form;
          break;
        }
      }
      collector.finish();
    },
  };
}

/** Lists the sets of files that a part can be made of: itself, `FILE.gz`, and the inputs of the dataset's conversions. */
const listForms = (dataset: DatasetDeclaration<unknown>, file: string): string[][] => [
  [file],
  ...listConversions(dataset)
    .filter(({ part }) => part === file)
    .map(({ from }) => from.map((source) => source.file)),
];

/** Reads the files of one form that exist, and returns the size of the main one, the largest. */
async function readForm(
  files: readonly string[],
  collector: Collector,
  read: (file: string, maxBytes: number, isMain: boolean) => Promise<Uint8Array<ArrayBuffer> | null>,
): Promise<number> {
  const limits = files.map((file) => collector.limitOf(file) ?? 0);
  let bytes = 0;
  for (const [i, file] of files.entries()) {
    const maxBytes = limits[i]!;
    if (maxBytes === 0) continue; // an earlier part has needed it
    const isMain = maxBytes === Math.max(...limits);
    const content = await read(file, maxBytes, isMain);
    if (!content) return bytes;
    if (isMain) bytes += content.length;
    await collector.add(file, content);
  }
  return bytes;
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
      throw new Kind(`${file}: ${formatReason(error)}`);
    }
  });
}
