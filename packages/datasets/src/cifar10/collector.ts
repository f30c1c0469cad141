import { type BatchName, batchOfFile, planeSize } from './format';
import { packRecords } from './records';
import { FinalError, reasonOf, type SourceContext } from './source';

/** Takes a source's files in any order and accepts every part as soon as its records can be made. */
export interface Collector {
  /** Whether this file is needed; the others can be skipped unread. */
  wants(path: string): boolean;
  add(path: string, content: Uint8Array<ArrayBuffer>): Promise<void>;
  /** @throws when parts are still missing though the source has no more files */
  finish(): void;
}

/** The npm package's label files; the spelling is its own. */
export const labelFiles = { train: 'train_lables.json', test: 'test_lables.json' } as const;
type Split = keyof typeof labelFiles;

export function splitOf(batch: BatchName): Split {
  return batch === 'test_batch' ? 'test' : 'train';
}

export function createCollector(context: SourceContext): Collector {
  const { format, missing } = context;
  const labels: { [split in Split]?: Uint8Array } = {};
  const waiting = new Map<BatchName, Uint8Array<ArrayBuffer>>(); // PNGs whose labels have not come yet

  const acceptPng = async (batch: BatchName, png: Uint8Array<ArrayBuffer>) => {
    const split = splitOf(batch);
    const first = split === 'test' ? 0 : (Number(batch.at(-1)) - 1) * format.imagesPerBatch;
    const pixels = await decodePng(batch, png, format.imagesPerBatch);
    await context.accept(
      batch,
      packRecords(pixels, labels[split]!.subarray(first, first + format.imagesPerBatch)),
    );
  };

  return {
    wants(path) {
      const file = batchOfFile(path);
      if (file) return missing.has(file.batch);
      const split = splitOfLabels(path);
      return split !== null && [...missing].some((batch) => splitOf(batch) === split);
    },
    async add(path, content) {
      const file = batchOfFile(path);
      if (file?.form === 'bin') return context.accept(file.batch, content);
      if (file) {
        if (labels[splitOf(file.batch)]) return acceptPng(file.batch, content);
        waiting.set(file.batch, content);
        return;
      }
      const split = splitOfLabels(path)!;
      labels[split] = parseLabels(path, content, format.imagesPerBatch * (split === 'train' ? 5 : 1));
      for (const [batch, png] of waiting) {
        if (splitOf(batch) !== split) continue;
        waiting.delete(batch);
        await acceptPng(batch, png);
      }
    },
    finish() {
      if (missing.size > 0) throw new FinalError(`it has no ${[...missing].join(', ')}`);
    },
  };
}

function splitOfLabels(path: string): Split | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name === labelFiles.train ? 'train' : name === labelFiles.test ? 'test' : null;
}

function parseLabels(path: string, content: Uint8Array, count: number): Uint8Array {
  let labels: unknown;
  try {
    labels = JSON.parse(new TextDecoder().decode(content));
  } catch (error) {
    throw new Error(`${path} is not JSON (${reasonOf(error)})`);
  }
  if (!Array.isArray(labels) || labels.length !== count) {
    const what = Array.isArray(labels) ? `${labels.length} labels` : 'no list';
    throw new Error(`${path} holds ${what}, expected ${count} labels`);
  }
  return Uint8Array.from(labels);
}

/** @returns [count, 32, 32, 3]: a row of the PNG is one image, row after row */
async function decodePng(batch: BatchName, png: Uint8Array, count: number): Promise<Uint8Array> {
  const { decode } = await import('fast-png'); // only ever needed once per machine
  let image: ReturnType<typeof decode>;
  try {
    image = decode(png, { checkCrc: true });
  } catch (error) {
    throw new Error(`${batch}.png cannot be decoded (${reasonOf(error)})`);
  }
  const { width, height, channels, depth, data } = image;
  if (width !== planeSize || height !== count || channels !== 3 || depth !== 8) {
    throw new Error(
      `${batch}.png is ${width} x ${height} with ${channels} channels of ${depth} bits, ` +
        `expected ${planeSize} x ${count} with 3 of 8`,
    );
  }
  return data as Uint8Array;
}
