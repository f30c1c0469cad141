import * as tf from '@tensorflow/tfjs-core';
import { type Branches, type BranchParams, branches, mergeEqual } from '../model/branches';
import type { Layer } from '../model/layer';

/**
 * The product of several layers of the same input, entry by entry: one layer gates the other. To multiply tensors in a `block`,
 * use `tf.mul`.
 *
 * y = f₁(x)·f₂(x)·…
 *
 * @param layers an array, or an object of named layers; the parameters are named as in `sequential`
 * @returns a layer from the input of all layers to the shape of their outputs
 * @throws when there are no layers, a value is not a layer, or the outputs have different shapes
 * @example
 * multiply({ gate: dense({ inFeatures: 8, outFeatures: 4, activation: silu }), up: dense({ inFeatures: 8, outFeatures: 4 }) });
 * @see Dauphin et al., "Language Modeling with Gated Convolutional Networks", 2016, https://arxiv.org/abs/1612.08083, equation 1
 */
export const multiply = <const L extends Branches>(layers: L): Layer<BranchParams<L>> =>
  branches(
    'multiply',
    layers,
    mergeEqual('multiply', (outputs) => outputs.reduce((product, output) => tf.mul(product, output))),
  );
