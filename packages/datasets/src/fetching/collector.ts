import type { Conversion, DatasetDeclaration } from './declaration';
import { inflate } from './inflate';
import { FinalError, reasonOf, type SourceContext } from './source';

/** Takes a source's files in any order and accepts every part as soon as it can be made. */
export interface Collector {
  /** The most bytes that a file may have; undefined when it is not needed and can be skipped unread. */
  limitOf(path: string): number | undefined;
  /** Takes a file that is needed. */
  add(path: string, content: Uint8Array<ArrayBuffer>): Promise<void>;
  /** @throws when parts are still missing though the source has no more files */
  finish(): void;
}

/** Collects the missing parts of a dataset. */
export function createCollector({
  dataset,
  missing,
  accept,
}: Pick<SourceContext, 'dataset' | 'missing' | 'accept'>): Collector {
  const conversions = conversionsOf(dataset);
  const held = new Map<string, Uint8Array<ArrayBuffer>>(); // files whose companions have not come yet
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

/** The conversions of a dataset, and that every `FILE.gz` unpacks to `FILE`. */
export function conversionsOf({ parts, conversions = [] }: DatasetDeclaration<unknown>): Conversion[] {
  const unpacking = parts.map(({ file, bytes }): Conversion => {
    // Gzip stores what it cannot shrink, in blocks of 64 KiB with five bytes more.
    const source = { file: `${file}.gz`, maxBytes: bytes + Math.ceil(bytes / 1000) + 1024 };
    return {
      part: file,
      from: [source],
      async make([content]) {
        try {
          return await inflate(content!, 'gzip', bytes);
        } catch (error) {
          throw new Error(`${source.file} cannot be unpacked: ${reasonOf(error)}`);
        }
      },
    };
  });
  return [...unpacking, ...conversions];
}

/** The most bytes that all files of a dataset in all their forms have together. */
export function largestTotal(dataset: DatasetDeclaration<unknown>): number {
  const inputs = new Map(
    conversionsOf(dataset).flatMap(({ from }) => from.map(({ file, maxBytes }) => [file, maxBytes])),
  );
  return [...dataset.parts.map(({ bytes }) => bytes), ...inputs.values()].reduce((sum, n) => sum + n, 0);
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
