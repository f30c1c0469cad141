import { assertOptions, count, flag, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { torchUniform } from '../initializers';
import { defineLayer } from '../model/define-layer';
import type { Layer } from '../model/layer';
import { parameter } from '../model/parameter';
import { activate } from '../ops/activate';
import {
  assertGroups,
  type ConvolutionParameterOptions,
  channelKinds,
  parameterKinds,
  termsOf,
} from '../ops/convolution-options';
import { convolve, onlyRelu } from '../ops/convolve';
import { assertVolumes, inputTensor } from '../ops/input-tensor';
import { stackDepth } from '../ops/stack-depth';
import { assertWindowFits, paddingAround, reachOf, toTriple, triples, volumePaddings } from '../ops/window';

export interface Conv3dOptions extends ConvolutionParameterOptions {
  /** Number of input channels. */
  inChannels: number;
  /** Number of output channels. */
  outChannels: number;
  /** Depth, height and width of the kernel, or one number for all. */
  kernelSize: number | [number, number, number];
  /** Strides along depth, height and width, or one number for all; 1 by default. */
  strides?: number | [number, number, number];
  /**
   * Zeros around the volume; 'same' by default. 'same' adds the number of zeros that makes the output ⌈size/stride⌉ along each
   * axis, half of them on each side and an odd one at the end. 'valid' adds none. A number, or [depth, height, width], adds that
   * many zeros on both sides, as in PyTorch.
   */
  padding?: 'same' | 'valid' | number | [number, number, number];
  /** Dilations along depth, height and width, or one number for all; 1 by default. */
  dilations?: number | [number, number, number];
  /**
   * Number of groups; 1 by default. It must divide inChannels and outChannels. The channels of each group of outputs see only
   * those of the same group of inputs.
   */
  groups?: number;
  /** Whether a backend may use Winograd's algorithm, as in `conv2d`; true by default. */
  winograd?: boolean;
}

/** The parameters of {@link conv3d}. */
export interface Conv3dParams {
  /** [depth, height, width, inChannels/groups, outChannels]. */
  kernel: tf.Variable;
  /** Missing with `bias: false`. */
  bias?: tf.Variable;
}

/**
 * Three-dimensional convolution of volumes [batch, depth, height, width, channels], such as short videos, with an optional
 * activation.
 *
 * y[n, k, i, j, o] = b[o] + Σ_{t,u,v,c} x[n, s·k + d·t − p, s·i + d·u − p, s·j + d·v − p, c]·W[t, u, v, c, o], stride s, dilation d,
 * padding p; with groups, c runs over the channels of the group of o
 *
 * It is a `conv2d` of images whose channels are those of all the slices that a window sees: it needs `kernelSize[0]` times the memory
 * of its input.
 *
 * @returns a layer from [batch, depth, height, width, inChannels] to [batch, depth', height', width', outChannels]; for 'same'
 *   depth' = ⌈depth/s⌉, otherwise ⌊(depth + 2·p − d·(kernel − 1) − 1)/s⌋ + 1
 * @throws when an option is unknown or out of range, groups does not divide the channels, or the input is not a batch of such
 *   volumes or is smaller than the kernel
 * @example
 * conv3d({ inChannels: 3, outChannels: 16, kernelSize: [3, 5, 5], strides: [1, 2, 2] });
 * @see Tran et al., "Learning Spatiotemporal Features with 3D Convolutional Networks", 2015, https://arxiv.org/abs/1412.0767
 */
export function conv3d(options: Conv3dOptions): Layer<Conv3dParams> {
  assertOptions('conv3d', options, {
    ...channelKinds,
    kernelSize: required(triples),
    strides: triples,
    padding: volumePaddings,
    dilations: triples,
    groups: count,
    winograd: flag,
    ...parameterKinds,
  });
  const { inChannels, outChannels, groups = 1, padding = 'same', bias = true, activation } = options;
  const { kernelSize, strides = 1, dilations = 1, winograd = true } = options;
  const [size, stride, dilation] = [toTriple(kernelSize), toTriple(strides), toTriple(dilations)];
  assertGroups('conv3d', groups, { inChannels, outChannels });
  const terms = termsOf('conv3d', options, size, { inChannels }, groups);
  const { initializer = torchUniform(), biasInitializer = torchUniform({ fanIn: terms }) } = options;
  const inside = inChannels / groups;
  const [depth, height, width] = size;
  const around = typeof padding === 'string' ? padding : toTriple(padding);
  const relu = onlyRelu(activation);
  return defineLayer('conv3d', {
    init: (rng) => ({
      kernel: parameter([...size, inside, outChannels], initializer, rng.fork('kernel')),
      ...(bias && { bias: parameter([outChannels], biasInitializer, rng.fork('bias')) }),
    }),
    apply(params, input) {
      const x = inputTensor('conv3d', input);
      assertVolumes('conv3d', x, inChannels);
      assertWindowFits('conv3d', x, size, padding, dilation);
      const ends = paddingAround(
        typeof around === 'string' ? around : around[0],
        x.shape[1]!,
        reachOf(depth, dilation[0]),
        stride[0],
      );
      const images = stackDepth(x, {
        size: depth,
        stride: stride[0],
        dilation: dilation[0],
        padding: ends,
        groups,
      });
      const kernel = tf.reshape(tf.transpose(params.kernel, [1, 2, 0, 3, 4]), [
        height,
        width,
        depth * inside,
        outChannels,
      ]);
      const y = convolve(images, kernel, params.bias, {
        strides: [stride[1], stride[2]],
        padding: typeof around === 'string' ? around : [around[1], around[2]],
        dilations: [dilation[1], dilation[2]],
        groups,
        winograd,
        relu,
      });
      const slices =
        Math.floor((x.shape[1]! + ends[0] + ends[1] - reachOf(depth, dilation[0])) / stride[0]) + 1;
      const volumes = tf.reshape(y, [x.shape[0]!, slices, ...y.shape.slice(1)]);
      return relu ? volumes : activate('conv3d', activation, volumes);
    },
  });
}
