import { assertOptions, integer } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type Branches, type BranchParams, branches } from '../model/branches';
import type { Layer } from '../model/layer';

export interface ConcatenateOptions {
  /** The axis along which the outputs are joined; a negative axis counts from the end. −1 by default, as in Keras. */
  axis?: number;
}

/**
 * Several layers of the same input, with their outputs joined along an axis. To join tensors in a `block`, use `tf.concat`.
 *
 * y = [f₁(x), f₂(x), …]
 *
 * @param layers an array, or an object of named layers; the parameters are named as in `sequential`
 * @returns a layer from the input of all layers to their joined outputs
 * @throws when an option is unknown or out of range, there are no layers, a value is not a layer, or the outputs differ in another axis
 * @example
 * concatenate({ one: dense({ inFeatures: 8, outFeatures: 4 }), two: dense({ inFeatures: 8, outFeatures: 2 }) }); // [n, 8] -> [n, 6]
 * @see Szegedy et al., "Going Deeper with Convolutions", 2014, https://arxiv.org/abs/1409.4842, section 4
 */
export function concatenate<const L extends Branches>(
  layers: L,
  options: ConcatenateOptions = {},
): Layer<BranchParams<L>> {
  assertOptions('concatenate', options, { axis: integer });
  const { axis = -1 } = options;
  return branches('concatenate', layers, (outputs) => {
    const [first] = outputs as [tf.Tensor];
    const at = axis < 0 ? axis + first.rank : axis;
    if (at < 0 || at >= first.rank) {
      throw new Error(
        `concatenate: axis is ${axis} but an output has shape [${first.shape}]; give an axis from ${-first.rank} to ${first.rank - 1}`,
      );
    }
    const others = ({ shape }: tf.Tensor) => shape.map((size, i) => (i === at ? '' : size)).join();
    if (outputs.some((output) => others(output) !== others(first))) {
      throw new Error(
        `concatenate: the outputs of the layers have the shapes ${outputs.map(({ shape }) => `[${shape}]`).join(', ')}; only the axis ${axis} may differ`,
      );
    }
    return tf.concat(outputs, at);
  });
}
