import * as tf from '@tensorflow/tfjs-core';
import { type Branches, type BranchParams, branches, mergeEqual } from '../model/branches';
import type { Layer } from '../model/layer';

/**
 * The sum of several layers of the same input. To add tensors in a `block`, use `tf.add`.
 *
 * y = f₁(x) + f₂(x) + …
 *
 * @param layers an array, or an object of named layers; the parameters are named as in `sequential`
 * @returns a layer from the input of all layers to the shape of their outputs
 * @throws when there are no layers, a value is not a layer, or the outputs have different shapes
 * @example
 * add([dense({ inFeatures: 8, outFeatures: 4 }), sequential([dense({ inFeatures: 8, outFeatures: 4 }), relu])]);
 * @see Szegedy et al., "Inception-v4, Inception-ResNet", 2016, https://arxiv.org/abs/1602.07261
 */
export const add = <const L extends Branches>(layers: L): Layer<BranchParams<L>> =>
  branches(
    'add',
    layers,
    mergeEqual('add', (outputs) => outputs.reduce((sum, output) => tf.add(sum, output))),
  );
