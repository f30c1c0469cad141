import type { backend_util } from '@tensorflow/tfjs-core';

export type PoolInfo = ReturnType<typeof backend_util.computePool2DInfo>;

/** Calls `visit` with the flat index of each output and the flat indices of the inputs in its window, row by row. */
export function forEachWindow(info: PoolInfo, visit: (out: number, inputs: number[]) => void): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  let out = 0;
  for (let b = 0; b < batchSize; b++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++) {
        for (let c = 0; c < inChannels; c++) {
          const inputs: number[] = [];
          for (let i = 0; i < filterHeight; i++) {
            for (let j = 0; j < filterWidth; j++) {
              const row = y * info.strideHeight - info.padInfo.top + i;
              const column = x * info.strideWidth - info.padInfo.left + j;
              if (row < 0 || row >= inHeight || column < 0 || column >= inWidth) continue;
              inputs.push(((b * inHeight + row) * inWidth + column) * inChannels + c);
            }
          }
          visit(out++, inputs);
        }
      }
    }
  }
}
