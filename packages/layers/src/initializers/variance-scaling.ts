import { assertOptions, oneOf, positive } from '@tenfold/checks';
import { defineInitializer, fanIn, fanOut, type Initializer } from './initializer';
import { normal } from './normal';
import { truncatedNormal } from './truncated-normal';
import { uniform } from './uniform';

export interface VarianceScalingOptions {
  /** The variance times the fan, above 0; 1 by default, 2 for layers with ReLU. */
  scale?: number;
  /** What divides the scale: the number of inputs, of outputs, or their mean; 'fanIn' by default. */
  mode?: 'fanIn' | 'fanOut' | 'fanAverage';
  /** Distribution of the values; 'truncatedNormal' (at two standard deviations) by default. */
  distribution?: 'normal' | 'truncatedNormal' | 'uniform';
}

/** The standard deviation of a standard normal distribution that is cut off at ±2. */
const TRUNCATED = 0.8796256610342398;

/**
 * Values with mean 0 and variance scale/fan, of which the initializers of Glorot, He and LeCun are cases. Equal to `VarianceScaling`
 * of Keras.
 *
 * @throws when an option is unknown or out of range
 * @example
 * dense({ inFeatures: 8, outFeatures: 4, initializer: varianceScaling({ scale: 2, mode: 'fanOut' }) });
 * @see https://keras.io/api/layers/initializers/#variancescaling-class
 */
export function varianceScaling(options: VarianceScalingOptions = {}): Initializer {
  assertOptions('varianceScaling', options, {
    scale: positive,
    mode: oneOf('fanIn', 'fanOut', 'fanAverage'),
    distribution: oneOf('normal', 'truncatedNormal', 'uniform'),
  });
  const { scale = 1, mode = 'fanIn', distribution = 'truncatedNormal' } = options;
  return defineInitializer('varianceScaling', (shape, rng) => {
    const [inputs, outputs] = [fanIn(shape), fanOut(shape)];
    const fan = { fanIn: inputs, fanOut: outputs, fanAverage: (inputs + outputs) / 2 }[mode];
    const deviation = Math.sqrt(scale / Math.max(1, fan));
    const initializer = {
      normal: () => normal({ standardDeviation: deviation }),
      truncatedNormal: () => truncatedNormal({ standardDeviation: deviation / TRUNCATED }),
      uniform: () => uniform({ limit: Math.sqrt(3) * deviation }),
    }[distribution]();
    return initializer(shape, rng);
  });
}
