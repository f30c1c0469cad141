import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Arguments } from '../arguments';
import type { SimdBackend } from '../backend';
import { fallback } from '../fallback';
import type { Kernel } from '../pool';
import { countRows } from './count-rows';
import { floats } from './floats';
import { chooseGrain, limits } from './grain';

/** The cost of the exponential and the passes over a row, relative to a copy. */
const WORK = 6;
/** The maximum length of a row in the scratch buffer of a thread. */
const LONGEST = 60_000;

type RowKernel = 'softmax' | 'softmaxGrad' | 'softmaxCrossEntropy';

/** Runs a kernel over rows of n floats. Rows that exceed the scratch buffer get a separate buffer, on one thread. */
function runRows<K extends RowKernel>(
  simd: SimdBackend,
  name: K,
  values: Arguments<K>,
  rows: number,
  n: number,
): void {
  if (n <= LONGEST) {
    simd.parallel(name, values, rows, chooseGrain(simd, rows, WORK * n));
    return;
  }
  const bytes = 4 * n + 16;
  const scratch = simd.temporary(bytes);
  (simd.runtime.kernels[name] as Kernel)(...values, 0, rows, scratch);
  simd.release(scratch, bytes);
}

const softmax: KernelConfig = {
  kernelName: tf.Softmax,
  backendName: 'simd',
  kernelFunc: (call) => {
    const { logits } = call.inputs as { logits: TensorInfo };
    const { dim } = call.attrs as unknown as tf.SoftmaxAttrs;
    const rank = logits.shape.length;
    const size = tf.util.sizeFromShape(logits.shape);
    const last = dim === -1 || dim === rank - 1;
    if (!last || rank === 0 || logits.dtype !== 'float32' || size === 0 || size < limits.small) {
      return fallback(tf.Softmax)(call);
    }
    const simd = call.backend as SimdBackend;
    const { rows, n } = countRows(logits);
    const from = simd.pointer(logits);
    const out = simd.output(logits.shape);
    runRows(simd, 'softmax', [from, simd.pointer(out), n], rows, n);
    return out;
  },
};

/** inputs { dy, y }: dx = y·(dy − Σ dy·y) along the last axis. */
const softmaxGrad: KernelConfig = {
  kernelName: 'SoftmaxGrad',
  backendName: 'simd',
  kernelFunc: ({ inputs, backend }) => {
    const simd = backend as SimdBackend;
    const { dy, y } = inputs as { dy: TensorInfo; y: TensorInfo };
    const from = floats(simd, 'SoftmaxGrad', { dy, y }, y.shape);
    const { rows, n } = countRows(y);
    const dx = simd.output(y.shape);
    runRows(simd, 'softmaxGrad', [from.dy, from.y, simd.pointer(dx), n], rows, n);
    return dx;
  },
};

/** inputs { logits, labels }, both [batch, …, classes]: outputs [loss [batch, …], probabilities]. */
const softmaxCrossEntropy: KernelConfig = {
  kernelName: 'SoftmaxCrossEntropy',
  backendName: 'simd',
  kernelFunc: ({ inputs, backend }) => {
    const simd = backend as SimdBackend;
    const { logits, labels } = inputs as { logits: TensorInfo; labels: TensorInfo };
    const from = floats(simd, 'SoftmaxCrossEntropy', { logits, labels }, logits.shape);
    const { rows, n } = countRows(logits);
    const loss = simd.output(logits.shape.slice(0, -1));
    const probabilities = simd.output(logits.shape);
    const to = [simd.pointer(loss), simd.pointer(probabilities)] as const;
    runRows(simd, 'softmaxCrossEntropy', [from.logits, from.labels, ...to, n], rows, n);
    return [loss, probabilities];
  },
};

/** Softmax along the last axis, and fused kernels with it. */
export const softmaxKernels: KernelConfig[] = [softmax, softmaxCrossEntropy, softmaxGrad];
