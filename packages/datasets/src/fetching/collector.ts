import type { Conversion, DatasetDeclaration } from './declaration';
import { inflate } from './inflate';
import { FinalError, formatReason, type SourceContext } from './source';

/** Collects the files of a source in any order, and accepts each part as soon as its files are there. */
export interface Collector {
  /** The maximum size of a file; undefined if it is not needed and can be skipped. */
  limitOf(path: string): number | undefined;
  /** Adds a file that is needed. */
  add(path: string, content: Uint8Array<ArrayBuffer>): Promise<void>;
  /** @throws when the source has no more files but parts are still missing */
  finish(): void;
}

/** Collects the missing parts of a dataset. */
export function createCollector({
  dataset,
  missing,
  accept,
}: Pick<SourceContext, 'dataset' | 'missing' | 'accept'>): Collector {
  const conversions = listConversions(dataset);
  const held = new Map<string, Uint8Array<ArrayBuffer>>(); // files that wait for other files of their part
  const needed = () => conversions.filter(({ part }) => missing.has(part));

  return {
    limitOf(path) {
      const file = baseName(path);
      const part = dataset.parts.find((candidate) => candidate.file === file);
      if (part) return missing.has(file) ? part.bytes : undefined;
      if (held.has(file)) return undefined;
      return needed()
        .flatMap(({ from }) => from)
        .find((source) => source.file === file)?.maxBytes;
    },

    async add(path, content) {
      const file = baseName(path);
      if (missing.has(file)) return accept(file, content);
      held.set(file, content);
      for (const { part, from, make } of needed()) {
        if (!missing.has(part) || !from.every((source) => held.has(source.file))) continue;
        await accept(part, await make(from.map((source) => held.get(source.file)!)));
        for (const source of from) {
          if (!needed().some((other) => other.from.some((one) => one.file === source.file))) {
            held.delete(source.file);
          }
        }
      }
    },

    finish() {
      if (missing.size > 0) throw new FinalError(`it has no ${[...missing].join(', ')}`);
    },
  };
}

/** Lists the conversions of a dataset, including that from `FILE.gz` to `FILE`. */
export function listConversions({ parts, conversions = [] }: DatasetDeclaration<unknown>): Conversion[] {
  const unpacking = parts.map(({ file, bytes }): Conversion => {
    // Gzip stores incompressible data in blocks of 64 KiB with five additional bytes.
    const source = { file: `${file}.gz`, maxBytes: bytes + Math.ceil(bytes / 1000) + 1024 };
    return {
      part: file,
      from: [source],
      async make([content]) {
        try {
          return await inflate(content!, 'gzip', bytes);
        } catch (error) {
          throw new Error(`${source.file} cannot be unpacked: ${formatReason(error)}`);
        }
      },
    };
  });
  return [...unpacking, ...conversions];
}

/** The maximum total size of all files of a dataset in all their forms. */
export function largestTotal(dataset: DatasetDeclaration<unknown>): number {
  const inputs = new Map(
    listConversions(dataset).flatMap(({ from }) => from.map(({ file, maxBytes }) => [file, maxBytes])),
  );
  return [...dataset.parts.map(({ bytes }) => bytes), ...inputs.values()].reduce((sum, n) => sum + n, 0);
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
