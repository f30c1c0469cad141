import { type Activation, batchNorm, conv2d, dirac, type Layer } from '@tenfold/layers';

/** The convolution of this family: 3×3, without bias, starting as the identity. */
export const convolution = (inChannels: number, outChannels: number): Layer =>
  conv2d({ inChannels, outChannels, kernelSize: 3, bias: false, initializer: dirac() });

/** The batch norm of this family, with the activation that follows it. */
export const norm = (channels: number, activation: Activation = 'none'): Layer =>
  batchNorm({ channels, scale: false, epsilon: 1e-12, momentum: 0.4, activation });
