import { assertOptions, count } from '@tenfold/checks';
import { defineInitializer, fanIn, type Initializer } from './initializer';
import { uniform } from './uniform';

export interface FanInOptions {
  /** The number of inputs of one output; by default, the product of all axes of the parameter except the last. */
  fanIn?: number;
}

/**
 * Uniform in ±1/√fanIn: the default of PyTorch's linear and convolution layers and of the layers here. For biases, pass the
 * `fanIn` of the kernel.
 *
 * Its variance is 1/(3·fanIn), a third of that of `lecunUniform`.
 *
 * @throws when an option is unknown or fanIn is not a positive integer
 * @example
 * dense({ inFeatures: 8, outFeatures: 4, biasInitializer: torchUniform({ fanIn: 8 }) });
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Linear.html
 */
export function torchUniform(options: FanInOptions = {}): Initializer {
  assertOptions('torchUniform', options, { fanIn: count });
  return defineInitializer('torchUniform', (shape, rng) =>
    uniform({ limit: 1 / Math.sqrt(Math.max(1, options.fanIn ?? fanIn(shape))) })(shape, rng),
  );
}
