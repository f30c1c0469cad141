import { assertOptions, type Kinds } from '@tenfold/checks';
import { type Augmentation, withPixels } from './augmentation';
import { MEAN_COLOR } from './auto-augment';
import { magnitude, type OperationName, operations } from './operations';
import { createCanvas, fillKind } from './operations/canvas';

/** Options of {@link trivialAugment}. */
export interface TrivialAugmentOptions {
  /** The color outside of an image, red, green and blue as bytes. Default: the mean color of CIFAR-10. */
  fill?: readonly [number, number, number];
}

const kinds: Kinds<TrivialAugmentOptions> = { fill: fillKind };

/** The number of levels of an operation. */
const LEVELS = 31;
const ranges = { shear: 0.99, translate: 32, rotate: 135, enhance: 0.99, posterize: 6 };
const choices: OperationName[] = [
  'identity',
  'autoContrast',
  'equalize',
  'rotate',
  'solarize',
  'color',
  'posterize',
  'contrast',
  'brightness',
  'sharpness',
  'shearX',
  'shearY',
  'translateX',
  'translateY',
];

/**
 * TrivialAugment: changes the bytes of each image by one of 14 operations with a random magnitude, without anything to tune.
 *
 * The operation, one of 31 levels and the sign are chosen uniformly. The scales are those of the paper's "wide" search space: shear
 * ±0.99, translation ±32 pixels, rotation ±135°, posterize 8 … 2 bits, solarize 255 … 0, and brightness, color, contrast and
 * sharpness 1 ± 0.99. Auto-contrast, equalize and the identity have no magnitude.
 *
 * Use it in the option `augmentBytes` of `batches`, after shifts and flips.
 *
 * @throws when an option is wrong, or the images do not have three channels
 * @example
 * batches(train, { batchSize: 500, augmentBytes: [reflectShift({ pixels: 4 }), randomFlip(), trivialAugment()] });
 * @see Müller, Hutter, "TrivialAugment: Tuning-free Yet State-of-the-Art Data Augmentation", 2021,
 *   https://arxiv.org/abs/2103.10158, section 3
 */
export function trivialAugment(options: TrivialAugmentOptions = {}): Augmentation<Uint8Array> {
  assertOptions('trivialAugment', options, kinds);
  const { fill = MEAN_COLOR } = options;
  return withPixels('bytes', (context) => {
    const { count, rng } = context;
    const canvas = createCanvas('trivialAugment', context, fill);
    const chosen = Uint8Array.from({ length: count }, () => rng.integer(choices.length));
    const levels = Uint8Array.from({ length: count }, () => rng.integer(LEVELS));
    const signs = Int8Array.from({ length: count }, () => 1 - 2 * rng.integer(2));
    return (image, index) => {
      const name = choices[chosen[index]!]!;
      const amount = magnitude(name, levels[index]! / (LEVELS - 1), signs[index]!, ranges);
      operations[name](image, amount, canvas);
    };
  });
}
