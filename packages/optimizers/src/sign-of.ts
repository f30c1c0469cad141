import * as tf from '@tensorflow/tfjs-core';

/** The sign of every element. The sign of NaN is 0 on some backends; a parameter would silently stop changing, so it is NaN here. */
export const signOf = (x: tf.Tensor): tf.Tensor => tf.where(tf.isNaN(x), x, tf.sign(x));
