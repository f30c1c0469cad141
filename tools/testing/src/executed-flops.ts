import * as tf from '@tensorflow/tfjs-core';

/** How often each kernel ran in `body`, and the floating-point operations of its products, from the shapes they had. */
export interface Executed {
  kernels: Record<string, number>;
  flops: number;
}

/**
 * Counts what a function really executes, from the shapes of its kernels' inputs and outputs: a multiply-add of a matrix
 * product or a convolution is 2.
 */
export async function executed(body: () => tf.TensorContainer): Promise<Executed> {
  const profile = await tf.profile(() => {
    tf.dispose(body());
    return [];
  });
  const kernels: Record<string, number> = {};
  let flops = 0;
  for (const { name, inputShapes, outputShapes } of profile.kernels) {
    kernels[name] = (kernels[name] ?? 0) + 1;
    const [first, second] = inputShapes as number[][];
    const output = (outputShapes as number[][])[0]!;
    flops += 2 * size(output) * summed(name, first!, second!, output);
  }
  return { kernels, flops };
}

const size = (shape: number[]): number => tf.util.sizeFromShape(shape);

// How many products each number of the output sums.
function summed(kernel: string, first: number[], second: number[], output: number[]): number {
  switch (kernel) {
    case 'BatchMatMul':
    case '_FusedMatMul': // the first has the output's rows, whether transposed or not
      return size(first) / size(output.slice(0, -1));
    case 'Conv2D':
    case 'FusedConv2D':
      return size(second.slice(0, 3));
    case 'DepthwiseConv2dNative':
    case 'FusedDepthwiseConv2D':
      return size(second.slice(0, 2));
    case 'Attention': // of query and key, and of the weights and the value
      return 2 * second[1]!;
    default:
      return 0;
  }
}
