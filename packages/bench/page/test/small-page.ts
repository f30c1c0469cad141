import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
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

const brief = { batchSize: 10, epochs: 4 };

/** The profile `quick` of the test page: a network that trains within moments. */
export const smallRecipes: { fnn: Recipe } = {
  fnn: { ...quick.fnn, architecture: { widths: [48], dropoutRate: 0.1 }, ...brief },
};
/** The profile `hour` of the test page: small networks of the other kinds. */
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
export const smallDigits: ImageDataset = tintedImages({ train: 5 * PART, test: PART, size: 28, channels: 1 });

export interface SmallPageOptions {
  /** The addresses of CIFAR-10's sources; by default the real ones. */
  networks?: { [name in 'jsdelivr' | 'unpkg']: string };
}

/**
 * Builds the page as it is, but for datasets that have the digests of {@link smallData} and {@link smallDigits}, and for
 * recipes that are small.
 *
 * @returns the folder of the page, and one with the datasets as a Node cache has them
 */
export async function buildSmallPage({
  networks,
}: SmallPageOptions = {}): Promise<{ pageFolder: string; dataFolder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'tenfold-page-'));
  const [pageFolder, dataFolder] = [join(folder, 'page'), await mkdtemp(join(folder, 'data-'))];
  const parts: Record<string, { bytes: number; sha256: string }> = {};
  for (const [dataset, files] of Object.entries({
    cifar10: recordsOf(smallData),
    mnist: idxOf(smallDigits),
  })) {
    await mkdir(join(dataFolder, dataset));
    for (const [file, content] of Object.entries(files)) {
      parts[file] = { bytes: content.length, sha256: await digest(content) };
      await writeFile(join(dataFolder, dataset, file), content);
    }
  }
  const plugins = () => [smaller(parts, networks)];
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

function smaller(
  parts: Record<string, { bytes: number; sha256: string }>,
  networks: SmallPageOptions['networks'],
): Plugin {
  return {
    name: 'smaller',
    enforce: 'pre',
    transform(code, id) {
      if (/datasets\/src\/catalog\/(cifar10\/cifar10|mnist)\.ts$/.test(id)) {
        return code.replaceAll(
          /file: '([\w.-]+)',\s+bytes(?:: [\d_]+)?,\s+sha256: '[0-9a-f]{64}'/g,
          (_, file) => `file: '${file}', bytes: ${parts[file]!.bytes}, sha256: '${parts[file]!.sha256}'`,
        );
      }
      if (/bench\/src\/models\/profiles\.ts$/.test(id)) {
        return `export const profiles = ${JSON.stringify({ quick: smallRecipes, hour: otherRecipes })};`;
      }
      if (networks && /datasets\/src\/fetching\/common-source\.ts$/.test(id)) {
        return code.replace(/(jsdelivr|unpkg): '[^']*'/g, (_, name: keyof typeof networks) => {
          return `${name}: '${networks[name]}'`;
        });
      }
      // Timed for a second in the real page.
      if (/bench\/src\/(run\/measure|backends)\/(measure-\w+|forecast)\.ts$/.test(id)) {
        return code.replace(/const SECONDS = [\d.]+;/, 'const SECONDS = 0.02;');
      }
      return undefined;
    },
  };
}

/** The files of CIFAR-10: for each image its label, then the planes of its colors. */
function recordsOf({ train, test }: ImageDataset): Record<string, Uint8Array> {
  const records = ({ images, labels }: ImageSet, first: number) => {
    const bytes = new Uint8Array(PART * 3073);
    for (let n = 0; n < PART; n++) {
      bytes[3073 * n] = labels[first + n]!;
      for (let i = 0; i < 3072; i++) {
        bytes[3073 * n + 1 + (i % 3) * 1024 + Math.floor(i / 3)] = images[(first + n) * 3072 + i]!;
      }
    }
    return bytes;
  };
  const batches = [0, 1, 2, 3, 4].map((i) => [`data_batch_${i + 1}.bin`, records(train, i * PART)]);
  return { ...Object.fromEntries(batches), 'test_batch.bin': records(test, 0) };
}

/** The files of MNIST, whose headers nobody reads. */
function idxOf({ train, test }: ImageDataset): Record<string, Uint8Array> {
  const after = (header: number, content: ArrayLike<number>) => {
    const bytes = new Uint8Array(header + content.length);
    bytes.set(content, header);
    return bytes;
  };
  return {
    'train-images-idx3-ubyte': after(16, train.images),
    'train-labels-idx1-ubyte': after(8, train.labels),
    't10k-images-idx3-ubyte': after(16, test.images),
    't10k-labels-idx1-ubyte': after(8, test.labels),
  };
}
