import { show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The first part of a network for images: passes them on if they have the shape that its options give, so that an error names these
 * options and not those of an inner layer.
 *
 * @param imageSize height and width of the images; any if it is undefined
 */
export const checkImages =
  (name: string, inChannels: number, imageSize?: number) =>
  (x: tf.Tensor): tf.Tensor => {
    const size = imageSize === undefined ? ['height', 'width'] : [imageSize, imageSize];
    const options = imageSize === undefined ? 'inChannels' : 'imageSize and inChannels';
    const shape = x instanceof tf.Tensor ? x.shape : undefined;
    const fits = (axis: string | number, i: number) => typeof axis === 'string' || shape?.[i] === axis;
    const image = ['batch', ...size, inChannels];
    if (shape?.length === 4 && image.every(fits)) return x;
    throw new Error(
      `${name}: the input ${shape ? `has shape [${shape}]` : `is ${show(x)}`}; give images [${image.join(', ')}], or set ${options}`,
    );
  };
