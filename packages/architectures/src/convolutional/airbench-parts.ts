import { batchNorm, conv2d, dirac, type Layer, type LayerActivation } from '@tenfold/layers';

/** The convolution of this family: 3×3, without bias, initialized as the identity. */
export const convolution = (inChannels: number, outChannels: number): Layer =>
  conv2d({ inChannels, outChannels, kernelSize: 3, bias: false, initializer: dirac() });

/** The batch norm of this family, with the activation after it. */
export const norm = (channels: number, activation: LayerActivation): Layer =>
  batchNorm({ channels, gamma: false, epsilon: 1e-12, momentum: 0.4, activation });
