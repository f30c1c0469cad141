import { expect, it } from 'vitest';
import { smallImages } from '../test/small-images';
import * as datasets from './index';

const NUMBERS = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const NOT_NUMBERS = [null, '1', 'x', '', true, [], [1], {}, () => 1, 1n];
const sizes = [...NOT_NUMBERS, ...NUMBERS, 0, -1, 1.5, 2 ** 40];
const seeds = [...NOT_NUMBERS, ...NUMBERS, -1, 1.5];
const amounts = [...NOT_NUMBERS, ...NUMBERS, -1];
const probabilities = [...NOT_NUMBERS, ...NUMBERS, -0.1, 1.1];
const flags = [null, 0, 1, 'false', [], {}];
const objects = [null, 0, 'x', true, [], {}];
const ranges = [
  null,
  0.5,
  '0.1',
  [],
  [0.1],
  [0.2, 0.1],
  [0, 0.5],
  ['0.1', '0.2'],
  [0.1, 0.2, 0.3],
  [Number.NaN, 1],
  {},
];
const lists = [null, 5, 'x', {}, [null], [5], () => 1];
const perChannel = [null, 0.5, '0.5', [0.5], [0, 0, Number.NaN], ['0', '0', '0'], {}, new Array(3)];

const images = smallImages();
const points = datasets.blobs({ count: 10 });
const source = datasets.vectors(points, { batchSize: 5 });
const batchOptions = { batchSize: sizes, shuffle: flags, seed: seeds, rng: objects, dropLast: flags };
type Options = { [option: string]: unknown };

/** For each function with options: a call, valid options, and bad values of each option. */
const calls: {
  [name in keyof typeof datasets]?: [
    call: (options: never) => unknown,
    good: Options,
    bad: { [option: string]: unknown[] },
  ];
} = {
  autoAugment: [
    datasets.autoAugment,
    { policy: 'cifar10' },
    { policy: [null, 'svhn', 'constructor', 1], fill: perChannel },
  ],
  batches: [
    (options) => datasets.batches(images, options),
    { batchSize: 2 },
    {
      ...batchOptions,
      mean: perChannel,
      standardDeviation: [...perChannel, [0, 1, 1], [-1, 1, 1]],
      augmentBytes: lists,
      augment: lists,
    },
  ],
  blobs: [
    datasets.blobs,
    { count: 4 },
    { count: sizes, classes: sizes, features: sizes, spread: amounts, box: amounts, seed: seeds },
  ],
  cutout: [datasets.cutout, { size: 2 }, { size: sizes }],
  fromArrays: [(options) => datasets.fromArrays([1, 2], [1, 2], options), { batchSize: 1 }, batchOptions],
  mixBatches: [
    (options) => datasets.mixBatches(source, options),
    { classes: 3 },
    {
      classes: sizes,
      mixup: amounts,
      cutmix: amounts,
      probability: probabilities,
      seed: seeds,
      rng: objects,
    },
  ],
  randomErasing: [
    datasets.randomErasing,
    {},
    { probability: probabilities, area: [...ranges, [0.5, 1]], aspectRatio: ranges },
  ],
  randomFlip: [datasets.randomFlip, {}, { probability: probabilities }],
  reflectShift: [datasets.reflectShift, { pixels: 2 }, { pixels: sizes.filter((value) => value !== 0) }],
  spirals: [
    datasets.spirals,
    { count: 4 },
    { count: sizes, classes: sizes, turns: [...NOT_NUMBERS, ...NUMBERS], noise: amounts, seed: seeds },
  ],
  split: [
    (options) => datasets.split(images, options),
    { validation: 2 },
    { validation: [...NOT_NUMBERS, ...NUMBERS, -1, 1.5, 11], seed: seeds, rng: objects },
  ],
  trivialAugment: [datasets.trivialAugment, {}, { fill: perChannel }],
  twoMoons: [datasets.twoMoons, { count: 4 }, { count: sizes, noise: amounts, seed: seeds }],
  vectors: [(options) => datasets.vectors(points, options), { batchSize: 2 }, batchOptions],
};
/** These have no options, or are tested elsewhere. */
const others = ['alternatingFlip', 'cacheFolder', 'channelStatistics', 'defineDataset', 'subset'];

it('covers every function of the package', () => {
  // All loaders have the options that define-dataset.test.ts tests.
  const functions = Object.entries(datasets).filter(([, value]) => !Object.hasOwn(value, 'parts'));
  expect([...Object.keys(calls), ...others].sort()).toEqual(functions.map(([name]) => name).sort());
});

it.each(Object.entries(calls))(
  '%s rejects every bad value of every option with one clear error',
  (name, [call, good, bad]) => {
    const run = call as (options: unknown) => unknown;
    expect(() => run(good)).not.toThrow();
    const wrong: string[] = [];
    const expectRefusal = (options: unknown, what: string) => {
      try {
        run(options);
        wrong.push(`${what} was taken`);
      } catch (error) {
        const { message } = error as Error;
        const isClear = message.startsWith(`${name}: `) && /; (give|did|the options|it has)/i.test(message);
        if (!isClear || (error as Error).name !== 'Error') wrong.push(`${what}: ${error}`);
      }
    };
    for (const [option, values] of Object.entries(bad)) {
      for (const value of values) {
        expectRefusal(
          { ...good, [option]: value },
          `${option} ${typeof value} ${String(JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? 'big' : v)))}`,
        );
      }
    }
    expectRefusal({ ...good, unknownOption: 1 }, 'an unknown option');
    for (const options of [null, 5, 'x', []]) expectRefusal(options, `options ${options}`);
    expect(wrong).toEqual([]);
  },
);
