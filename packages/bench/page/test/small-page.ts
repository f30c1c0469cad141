import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageDataset, ImageSet } from '@tenfold/datasets';
import { build, mergeConfig, type Plugin } from 'vite';
import { digest } from '../../src/lib/digest';
import type { Recipe } from '../../src/models/recipe';
import { quick } from '../../test/recipes';
import { tintedImages } from '../../test/tinted-images';
import config from '../vite.config';

const PART = 80; // images
const parts = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch'];

const brief = { batchSize: 10, epochs: 4 };

/** What the page of the tests trains as its profile `quick`: a network of a moment. */
export const smallRecipes: { fnn: Recipe } = {
  fnn: { ...quick.fnn, architecture: { widths: [48], dropoutRate: 0.1 }, ...brief },
};
/** And as its profile `hour`: small networks of the other kinds. */
export const otherRecipes = {
  cnn: { ...quick.cnn, architecture: { widths: [8, 8, 8] }, ...brief },
  rnn: { ...quick.rnn, architecture: { cell: 'lstm', units: 16 }, ...brief },
  vit: {
    ...quick.vit,
    architecture: { patchSize: 8, width: 16, depth: 1, heads: 2, mlpWidth: 32 },
    ...brief,
  },
} satisfies { [model: string]: Recipe };
export const smallData: ImageDataset = tintedImages({ train: 5 * PART, test: PART });

export interface SmallPageOptions {
  /** Where the networks are that CIFAR-10 comes from; by default where they really are. */
  networks?: { [name in 'jsdelivr' | 'unpkg']: string };
}

/**
 * Builds the page as it is, but for CIFAR-10 that has {@link smallData}'s digests and recipes that are small.
 *
 * @returns the folder of the page, and one with the data as a Node cache has it
 */
export async function buildSmallPage({
  networks,
}: SmallPageOptions = {}): Promise<{ pageFolder: string; dataFolder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'tenfold-page-'));
  const [pageFolder, dataFolder] = [join(folder, 'page'), await mkdtemp(join(folder, 'data-'))];
  const records = parts.map((part, i) => ({
    part,
    bytes: part === 'test_batch' ? recordsOf(smallData.test, 0) : recordsOf(smallData.train, i * PART),
  }));
  const digests: Record<string, string> = {};
  for (const { part, bytes } of records) {
    digests[part] = await digest(bytes);
    await writeFile(join(dataFolder, `${part}.bin`), bytes);
  }
  const plugins = () => [smaller(digests, networks)];
  await build(
    mergeConfig(config, {
      configFile: false,
      logLevel: 'error',
      plugins: plugins(),
      worker: { plugins },
      build: { outDir: pageFolder, minify: false, reportCompressedSize: false },
    }),
  );
  return { pageFolder, dataFolder };
}

function smaller(digests: Record<string, string>, networks: SmallPageOptions['networks']): Plugin {
  return {
    name: 'smaller',
    enforce: 'pre',
    transform(code, id) {
      if (/datasets\/src\/catalog\/cifar10\/cifar10\.ts$/.test(id)) {
        return code
          .replace('30_730_000', String(PART * 3073))
          .replaceAll(/file: '(\w+)\.bin',(\s+bytes,\s+sha256: )'[0-9a-f]{64}'/g, (_, part, between) => {
            return `file: '${part}.bin',${between}'${digests[part]}'`;
          });
      }
      if (/bench\/src\/models\/profiles\.ts$/.test(id)) {
        return `export const profiles = ${JSON.stringify({ quick: smallRecipes, hour: otherRecipes })};`;
      }
      if (networks && /datasets\/src\/fetching\/common-source\.ts$/.test(id)) {
        return code.replace(/(jsdelivr|unpkg): '[^']*'/g, (_, name: keyof typeof networks) => {
          return `${name}: '${networks[name]}'`;
        });
      }
      // What is timed for a second in earnest.
      if (/bench\/src\/(run\/measure|backends)\/(measure-\w+|forecast)\.ts$/.test(id)) {
        return code.replace(/const SECONDS = [\d.]+;/, 'const SECONDS = 0.02;');
      }
      return undefined;
    },
  };
}

function recordsOf({ images, labels }: ImageSet, first: number): Uint8Array {
  const records = new Uint8Array(PART * 3073);
  for (let n = 0; n < PART; n++) {
    records[3073 * n] = labels[first + n]!;
    for (let i = 0; i < 3072; i++) {
      records[3073 * n + 1 + (i % 3) * 1024 + Math.floor(i / 3)] = images[(first + n) * 3072 + i]!;
    }
  }
  return records;
}
