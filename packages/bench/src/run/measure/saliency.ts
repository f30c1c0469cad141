import type { Model } from '@tenfold/layers';
import type { Rng } from '@tenfold/random';
import * as tf from '@tensorflow/tfjs-core';

export interface SaliencyOptions {
  /** Noisy copies of each image; 25 by default. */
  samples?: number;
  /** Standard deviation of the noise, as a fraction of the image's range; 0.15 by default. */
  noise?: number;
  signal?: AbortSignal;
}

/**
 * SmoothGrad: how much every pixel changes the logit of the predicted class, averaged over noisy copies.
 *
 * s[i, j] = max_c |mean over n of ∂logit/∂x[i, j, c] at x + ε_n|, ε_n normal
 *
 * @param images [n, height, width, channels], as the model sees them
 * @param rng the stream of the noise
 * @returns for each image [height·width] values ≥ 0
 * @throws the signal's reason when it aborts
 * @see Smilkov et al., "SmoothGrad: removing noise by adding noise", 2017, https://arxiv.org/abs/1706.03825
 */
export async function computeSaliency(
  model: Model,
  images: tf.Tensor4D,
  rng: Rng,
  { samples = 25, noise = 0.15, signal }: SaliencyOptions = {},
): Promise<Float32Array[]> {
  const [count, ...shape] = images.shape;
  const maps: Float32Array[] = [];
  for (let i = 0; i < count; i++) {
    signal?.throwIfAborted();
    const values = rng.fork(i).fillNormal(new Float32Array(samples * tf.util.sizeFromShape(shape)));
    const map = tf.tidy(() => {
      const image = tf.slice(images, [i, 0, 0, 0], [1, ...shape]);
      const range = tf.sub(tf.max(image), tf.min(image));
      const copies = tf.add(image, tf.mul(tf.tensor(values, [samples, ...shape]), tf.mul(range, noise)));
      const logits = model.predict(image);
      const chosen = tf.oneHot(tf.argMax(logits, 1) as tf.Tensor1D, logits.shape[1]!);
      const logit = (x: tf.Tensor) => tf.sum(tf.mul(model.predict(x), chosen)) as tf.Scalar;
      return tf.max(tf.abs(tf.mean(tf.grad(logit)(copies), 0)), 2);
    });
    maps.push((await map.data()) as Float32Array);
    map.dispose();
    await new Promise((resolve) => setTimeout(resolve)); // lets Ctrl-C take effect
  }
  return maps;
}
