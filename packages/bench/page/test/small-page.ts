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

const brief = { batchSize: 10, epochs: 4 };

/** The profile `quick` of the test page: a network that trains within moments. */
export const smallRecipes: { fnn: Recipe } = {
  fnn: { ...quick.fnn, architecture: { widths: [48], dropoutRate: 0.1 }, ...brief },
};
/** The profile `hour` of the test page: small networks of each kind of layer, few steps of few images, for a software GPU. */
export const briefRecipes = {
  fnn: { ...smallRecipes.fnn, batchSize: 8, epochs: 5 },
  rnn: { ...quick.rnn, architecture: { cell: 'lstm', units: 16 }, batchSize: 8, epochs: 1 },
  'vit-hybrid': {
    ...quick['vit-hybrid'],
    architecture: { stemWidth: 4, width: 16, depth: 1, heads: 2, mlpWidth: 32 },
    batchSize: 8,
    epochs: 1,
  },
} satisfies { [model: string]: Recipe };
export const smallData: ImageDataset = tintedImages({ train: 400, test: 80 });
export const smallDigits: ImageDataset = tintedImages({ train: 400, test: 80, size: 28, channels: 1 });
export const fewData: ImageDataset = tintedImages({ train: 60, test: 12 });

export interface SmallPageOptions {
  /** CIFAR-10 of the page, with as many images in each training part as in the test part. Default: {@link smallData}. */
  data?: ImageDataset;
  /** The addresses of CIFAR-10's sources; by default the real ones. */
  networks?: { [name in 'jsdelivr' | 'unpkg']: string };
}

/**
 * Builds the page as it is, but for datasets that have the digests of small ones, and for recipes that are small.
 *
 * @returns the folder of the page, and one with the datasets as a Node cache has them
 */
export async function buildSmallPage({
  data = smallData,
  networks,
}: SmallPageOptions = {}): Promise<{ pageFolder: string; dataFolder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'tenfold-page-'));
  const [pageFolder, dataFolder] = [join(folder, 'page'), await mkdtemp(join(folder, 'data-'))];
  const parts: Record<string, { bytes: number; sha256: string }> = {};
  for (const [dataset, files] of Object.entries({
    cifar10: encodeRecords(data),
    mnist: encodeIdx(smallDigits),
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
        return `export const profiles = ${JSON.stringify({ quick: smallRecipes, hour: briefRecipes })};`;
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
      // Of a few copies of a few images: that there are pictures is what a page can have wrong.
      if (/bench\/src\/run\/measure\/pictures\.ts$/.test(id)) {
        return code.replace('samples = 25', 'samples = 2').replace('data.classNames.length)', '2)');
      }
      return undefined;
    },
  };
}

/** The files of CIFAR-10: for each image its label, then the planes of its colors. */
function encodeRecords({ train, test }: ImageDataset): Record<string, Uint8Array> {
  const size = test.count;
  const records = ({ images, labels }: ImageSet, first: number) => {
    const bytes = new Uint8Array(size * 3073);
    for (let n = 0; n < size; n++) {
      bytes[3073 * n] = labels[first + n]!;
      for (let i = 0; i < 3072; i++) {
        bytes[3073 * n + 1 + (i % 3) * 1024 + Math.floor(i / 3)] = images[(first + n) * 3072 + i]!;
      }
    }
    return bytes;
  };
  const batches = [0, 1, 2, 3, 4].map((i) => [`data_batch_${i + 1}.bin`, records(train, i * size)]);
  return { ...Object.fromEntries(batches), 'test_batch.bin': records(test, 0) };
}

/** The files of MNIST, whose headers nobody reads. */
function encodeIdx({ train, test }: ImageDataset): Record<string, Uint8Array> {
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
