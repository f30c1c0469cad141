import type { backend_util } from '@tensorflow/tfjs-core';

type Values = ArrayLike<number>;

/** Every product of a convolution, as indices into x, the filter and y. */
function eachProduct(
  info: backend_util.Conv2DInfo,
  visit: (x: number, filter: number, y: number) => void,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  for (let b = 0; b < batchSize; b++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        for (let ky = 0; ky < info.filterHeight; ky++) {
          const iy = oy * info.strideHeight - padInfo.top + ky * info.dilationHeight;
          if (iy < 0 || iy >= inHeight) continue;
          for (let kx = 0; kx < info.filterWidth; kx++) {
            const ix = ox * info.strideWidth - padInfo.left + kx * info.dilationWidth;
            if (ix < 0 || ix >= inWidth) continue;
            for (let c = 0; c < inChannels; c++) {
              const x = ((b * inHeight + iy) * inWidth + ix) * inChannels + c;
              const filter = ((ky * info.filterWidth + kx) * inChannels + c) * outChannels;
              const y = ((b * outHeight + oy) * outWidth + ox) * outChannels;
              for (let n = 0; n < outChannels; n++) visit(x, filter + n, y + n);
            }
          }
        }
      }
    }
  }
}

const size = (shape: number[]): number => shape.reduce((x, y) => x * y, 1);

/** y by the definition, in float64. */
export function referenceConv2D(x: Values, filter: Values, info: backend_util.Conv2DInfo): Float64Array {
  const out = new Float64Array(size(info.outShape));
  eachProduct(info, (i, f, o) => {
    out[o]! += x[i]! * filter[f]!;
  });
  return out;
}

/** dx by the definition, in float64. */
export function referenceConv2DInput(
  dy: Values,
  filter: Values,
  info: backend_util.Conv2DInfo,
): Float64Array {
  const out = new Float64Array(size(info.inShape));
  eachProduct(info, (i, f, o) => {
    out[i]! += dy[o]! * filter[f]!;
  });
  return out;
}

/** dFilter by the definition, in float64. */
export function referenceConv2DFilter(x: Values, dy: Values, info: backend_util.Conv2DInfo): Float64Array {
  const out = new Float64Array(size(info.filterShape));
  eachProduct(info, (i, f, o) => {
    out[f]! += x[i]! * dy[o]!;
  });
  return out;
}
