import { assertOptions, func } from '@tenfold/checks';
import { defineInitializer, type Initializer } from './initializer';
import { torchUniform } from './torch-uniform';

export interface DiracOptions {
  /** Initializer of the filters beyond the number of input channels; `torchUniform()` by default. */
  otherwise?: Initializer;
}

/**
 * A convolution kernel whose first filters copy the input channels.
 *
 * W[u, v, c, o] = 1 at the center tap for o = c and 0 elsewhere, for o < inChannels
 *
 * @throws when an option is unknown, or the parameter is not a kernel [height, width, in, out]
 * @example
 * conv2d({ inChannels: 64, outChannels: 64, kernelSize: 3, bias: false, initializer: dirac() });
 * @see Zagoruyko, Komodakis, "DiracNets", 2017, https://arxiv.org/abs/1706.00388
 */
export function dirac(options: DiracOptions = {}): Initializer {
  assertOptions('dirac', options, { otherwise: func });
  const { otherwise = torchUniform() } = options;
  return defineInitializer('dirac', (shape, rng) => {
    if (shape.length !== 4) {
      throw new Error(
        `dirac: the parameter has shape [${shape}]; use it for kernels [height, width, in, out] of convolutions`,
      );
    }
    const [height, width, inChannels, outChannels] = shape as [number, number, number, number];
    const values = otherwise(shape, rng);
    const center = (height >> 1) * width + (width >> 1);
    for (let tap = 0; tap < height * width; tap++) {
      for (let c = 0; c < inChannels; c++) {
        for (let o = 0; o < Math.min(inChannels, outChannels); o++) {
          values[(tap * inChannels + c) * outChannels + o] = tap === center && c === o ? 1 : 0;
        }
      }
    }
    return values;
  });
}
