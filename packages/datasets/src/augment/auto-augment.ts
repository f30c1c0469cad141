import { assertOptions, type Kinds, oneOf, required } from '@tenfold/checks';
import { type Augmentation, withPixels } from './augmentation';
import { cifar10Policy } from './auto-augment-policy';
import { magnitude, operations } from './operations';
import { createCanvas, fillKind } from './operations/canvas';

/** Options of {@link autoAugment}. */
export interface AutoAugmentOptions {
  /** The dataset whose policy is used. */
  policy: 'cifar10';
  /** The color outside of an image, red, green and blue as bytes. Default: the mean color of CIFAR-10. */
  fill?: readonly [number, number, number];
}

/** The mean color of CIFAR-10, as bytes. */
export const MEAN_COLOR = [125, 123, 114] as const;

const kinds: Kinds<AutoAugmentOptions> = { policy: required(oneOf('cifar10')), fill: fillKind };

/**
 * AutoAugment: changes the bytes of each image by one of 25 pairs of operations, which were found for CIFAR-10 by a search.
 *
 * A pair (o₁, p₁, m₁), (o₂, p₂, m₂) is chosen uniformly; oᵢ is applied with probability pᵢ and magnitude mᵢ, which runs from 0
 * to 9 over these scales: shear ±0.3, translation ±150/331 of the width, rotation ±30°, posterize 8 … 4 bits, solarize 255 … 0,
 * and brightness, color, contrast and sharpness 1 ± 0.9. Signs are chosen uniformly.
 *
 * Use it in the option `augmentBytes` of `batches`, after shifts and flips.
 *
 * @throws when an option is wrong, or the images do not have three channels
 * @example
 * batches(train, { batchSize: 128, augmentBytes: [reflectShift({ pixels: 4 }), randomFlip(), autoAugment({ policy: 'cifar10' })] });
 * @see Cubuk et al., "AutoAugment: Learning Augmentation Policies from Data", 2019, https://arxiv.org/abs/1805.09501, tables 6 and 7
 */
export function autoAugment(options: AutoAugmentOptions): Augmentation<Uint8Array> {
  assertOptions('autoAugment', options, kinds);
  const { fill = MEAN_COLOR } = options;
  return withPixels('bytes', (context) => {
    const { count, width, rng } = context;
    const canvas = createCanvas('autoAugment', context, fill);
    const ranges = { shear: 0.3, translate: (150 / 331) * width, rotate: 30, enhance: 0.9, posterize: 4 };
    const pairs = Uint8Array.from({ length: count }, () => rng.integer(cifar10Policy.length));
    const coins = rng.fillUniform(new Float32Array(2 * count));
    const signs = Int8Array.from({ length: 2 * count }, () => 1 - 2 * rng.integer(2));
    return (image, index) => {
      for (const [i, [name, probability, level = 0]] of cifar10Policy[pairs[index]!]!.entries()) {
        if (coins[2 * index + i]! >= probability) continue;
        const amount = magnitude(name, level / 9, signs[2 * index + i]!, ranges);
        operations[name](image, amount, canvas);
      }
    };
  });
}
