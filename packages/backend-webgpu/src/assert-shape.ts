/** Throws unless every size is an integer from 0: tfjs computes a negative one where a window is larger than its padded input. */
export function assertShape(shape: readonly number[]): void {
  for (const size of shape) {
    if (Number.isInteger(size) && size >= 0) continue;
    throw new Error(
      `webgpu: a result would have shape [${shape}], but sizes are integers from 0; where the window of a convolution or pooling is larger than the input, use padding or a smaller window`,
    );
  }
}
