import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { fallback } from '../fallback';
import { assertFloats, countRows } from './floats';
import { runRowReduction } from './row-reduction';

const LOWEST = '-3.4028234e38';

// The largest logit of the row, and the sum of e^(logit − largest).
const MOMENTS = `
  var top = ${LOWEST};
  for (var i = first; i < n; i += STEP) { top = max(top, load_logits(start + i)); }
  top = rowMax(top, lane);
  var partial = 0.0;
  for (var i = first; i < n; i += STEP) { partial += exp(load_logits(start + i) - top); }
  let total = rowSum(partial, lane);`;

const softmax: tf.KernelConfig = {
  kernelName: tf.Softmax,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { logits } = call.inputs as { logits: tf.TensorInfo };
    const { dim } = call.attrs as unknown as tf.SoftmaxAttrs;
    const rank = logits.shape.length;
    const last = dim === -1 || dim === rank - 1;
    if (!last || rank === 0 || logits.dtype !== 'float32') return fallback(tf.Softmax)(call);
    const backend = call.backend as WebgpuBackend;
    const out = backend.output(logits.shape);
    const body = `${MOMENTS}
  for (var i = first; i < n; i += STEP) { if (isIn) { store_out(start + i, exp(load_logits(start + i) - top) / total); } }`;
    runRowReduction(backend, {
      name: 'softmax',
      ...countRows(logits),
      inputs: { logits },
      outputs: { out },
      body,
    });
    return out;
  },
};

/** inputs { dy, y }: dx = y·(dy − Σ dy·y) along the last axis. */
const softmaxGrad: tf.KernelConfig = {
  kernelName: 'SoftmaxGrad',
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend }) => {
    const webgpu = backend as WebgpuBackend;
    const { dy, y } = inputs as { dy: tf.TensorInfo; y: tf.TensorInfo };
    assertFloats('SoftmaxGrad', { dy, y }, y.shape);
    const dx = webgpu.output(y.shape);
    const body = `
  var partial = 0.0;
  for (var i = first; i < n; i += STEP) { partial += load_dy(start + i) * load_y(start + i); }
  let total = rowSum(partial, lane);
  for (var i = first; i < n; i += STEP) { if (isIn) { store_dx(start + i, load_y(start + i) * (load_dy(start + i) - total)); } }`;
    runRowReduction(webgpu, {
      name: 'softmax grad',
      ...countRows(y),
      inputs: { dy, y },
      outputs: { dx },
      body,
    });
    return dx;
  },
};

/** inputs { logits, labels }, both [batch, …, classes]: outputs [loss [batch, …], probabilities]. */
const softmaxCrossEntropy: tf.KernelConfig = {
  kernelName: 'SoftmaxCrossEntropy',
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend }) => {
    const webgpu = backend as WebgpuBackend;
    const { logits, labels } = inputs as { logits: tf.TensorInfo; labels: tf.TensorInfo };
    assertFloats('SoftmaxCrossEntropy', { logits, labels }, logits.shape);
    const loss = webgpu.output(logits.shape.slice(0, -1));
    const probabilities = webgpu.output(logits.shape);
    const body = `${MOMENTS}
  var cost = 0.0;
  for (var i = first; i < n; i += STEP) {
    let shifted = load_logits(start + i) - top;
    let label = load_labels(start + i);
    // A class with label 0 and logit −∞ adds nothing.
    cost += select(label * (log(total) - shifted), 0.0, label == 0.0);
    if (isIn) { store_probabilities(start + i, exp(shifted) / total); }
  }
  let whole = rowSum(cost, lane);
  if (isFirst) { store_loss(row, whole); }`;
    const outputs = { loss, probabilities };
    runRowReduction(webgpu, {
      name: 'softmax cross-entropy',
      ...countRows(logits),
      inputs: { logits, labels },
      outputs,
      body,
    });
    return [loss, probabilities];
  },
};

/** Softmax along the last axis and the fused kernels around it. */
export const softmaxKernels: tf.KernelConfig[] = [softmax, softmaxGrad, softmaxCrossEntropy];
