import type { Rng } from '@tenfold/random';
import { util } from '@tensorflow/tfjs-core';

/** The first values of a parameter of that shape, in row-major order. Kernels are [in, out] or [height, width, in, out]. */
export type Initializer = (shape: number[], rng: Rng) => Float32Array;

const size = (shape: number[]) => util.sizeFromShape(shape);

/** How many inputs one output of a kernel sums: every axis but the last. */
const fanIn = (shape: number[]) => size(shape.slice(0, -1));
const fanOut = (shape: number[]) => size([...shape.slice(0, -2), shape.at(-1)!]);

/** All 0. */
export const zeros: Initializer = (shape) => new Float32Array(size(shape));

/** All 1. */
export const ones: Initializer = (shape) => new Float32Array(size(shape)).fill(1);

/** Normal with mean 0 and the standard deviation given. */
export const normal =
  ({ standardDeviation = 0.02 } = {}): Initializer =>
  (shape, rng) =>
    rng.fillNormal(new Float32Array(size(shape))).map((v) => v * standardDeviation);

/** Uniform in [−limit, limit). */
export const uniform =
  ({ limit = 0.05 } = {}): Initializer =>
  (shape, rng) =>
    rng.fillUniform(new Float32Array(size(shape))).map((v) => (2 * v - 1) * limit);

/**
 * Uniform in ±1/√fanIn, what PyTorch gives dense and convolution kernels and, for a `fanIn` given, their biases.
 *
 * @see LeCun, Bottou, Orr, Müller, "Efficient BackProp", 1998, section 4.6
 */
export const lecunUniform =
  (options: { fanIn?: number } = {}): Initializer =>
  (shape, rng) =>
    uniform({ limit: 1 / Math.sqrt(options.fanIn ?? fanIn(shape)) })(shape, rng);

/**
 * Uniform in ±√(6/(fanIn + fanOut)): variances of activations and gradients are kept through a linear layer.
 *
 * @see Glorot, Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010, equation 16
 */
export const glorotUniform: Initializer = (shape, rng) =>
  uniform({ limit: Math.sqrt(6 / (fanIn(shape) + fanOut(shape))) })(shape, rng);

/**
 * Normal with standard deviation √(2/fanIn): the variance is kept through a layer with ReLU.
 *
 * @see He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", 2015, https://arxiv.org/abs/1502.01852, equation 10
 */
export const heNormal: Initializer = (shape, rng) =>
  normal({ standardDeviation: Math.sqrt(2 / fanIn(shape)) })(shape, rng);

/**
 * A convolution kernel whose first filters pass the channels on unchanged; the filters past the number of input
 * channels are as `otherwise` makes them.
 *
 * @see Zagoruyko, Komodakis, "DiracNets", 2017, https://arxiv.org/abs/1706.00388
 */
export const dirac =
  ({ otherwise = lecunUniform() }: { otherwise?: Initializer } = {}): Initializer =>
  (shape, rng) => {
    const [height, width, inChannels, outChannels] = shape as [number, number, number, number];
    const values = otherwise(shape, rng);
    const centre = (height >> 1) * width + (width >> 1);
    for (let tap = 0; tap < height * width; tap++) {
      for (let c = 0; c < inChannels; c++) {
        for (let o = 0; o < Math.min(inChannels, outChannels); o++) {
          values[(tap * inChannels + c) * outChannels + o] = tap === centre && c === o ? 1 : 0;
        }
      }
    }
    return values;
  };
