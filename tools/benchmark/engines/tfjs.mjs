// Whole training steps on a backend of tfjs: tfjs.mjs BACKEND MODEL BATCH STEPS THREADS
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { relu } from '@tenfold/activations';
import '@tenfold/gradients';
import { measureStep } from '@tenfold/bench';
import { conv2d, countFlops, createModel, dense, flatten, maxPool2d, sequential } from '@tenfold/layers';
import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { sgd } from '@tenfold/optimizers';
import { createTrainer } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';

const [backend, model, ...numbers] = process.argv.slice(2);
const [batchSize, steps, threads] = numbers.map(Number);
const peers = fileURLToPath(new URL('../peers/', import.meta.url));
const require = createRequire(join(peers, 'package.json'));

try {
  const versions = await activate();
  const spent = process.env.TENFOLD_KERNEL_TIMES ? timeKernels() : undefined;
  const architectures = {
    cnn: ['cnn', { widths: [64, 128, 128] }],
    cnn94: ['cnn', { widths: [64, 256, 256] }],
  };
  const [name, architecture] = architectures[model] ?? [model, {}];
  const measured =
    model === 'small'
      ? await measureSmall()
      : await measureStep({ model: name, architecture, batchSize, steps, peak: false }).then((m) => ({
          milliseconds: m.stepMilliseconds.all,
          flopsPerImage: m.flopsPerStep / batchSize,
        }));
  const kernels = spent && [...spent].map(perStep).sort((a, b) => b.milliseconds - a.milliseconds);
  console.log(JSON.stringify({ ...measured, versions, ...running(), kernels }));
} catch (error) {
  console.log(JSON.stringify({ error: error.message.split('\n')[0] }));
}

async function activate() {
  const core = { '@tensorflow/tfjs-core': tf.version_core };
  if (backend === 'simd') {
    const { configureSimd, enableExperimentalV8Flags } = await import('@tenfold/backend-simd');
    if (process.env.TENFOLD_V8_FLAGS) enableExperimentalV8Flags();
    configureSimd({ threads });
  } else if (backend === 'wasm') {
    await import(pathToFileURL(require.resolve('@tensorflow/tfjs-backend-wasm')));
    core['@tensorflow/tfjs-backend-wasm'] = require('@tensorflow/tfjs-backend-wasm/package.json').version;
  } else {
    await import('@tensorflow/tfjs-backend-cpu');
  }
  if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} did not start`);
  return { node: process.version, v8: process.versions.v8, ...core };
}

/** Without the calls of the first step, which is not counted. */
function perStep([name, times]) {
  const counted = times.slice(Math.ceil(times.length / (steps + 1)));
  return { name, milliseconds: counted.reduce((sum, time) => sum + time, 0) / steps };
}

/** Keeps the times of all calls of each kernel of the backend: `simd` computes while a kernel runs, none in another. */
function timeKernels() {
  const spent = new Map();
  for (const kernel of tf.getKernelsForBackend(backend)) {
    const { kernelName, kernelFunc } = kernel;
    kernel.kernelFunc = (call) => {
      const start = performance.now();
      try {
        return kernelFunc(call);
      } finally {
        const times = spent.get(kernelName) ?? [];
        spent.set(kernelName, times);
        times.push(performance.now() - start);
      }
    };
  }
  return spent;
}

function running() {
  const { runtime } = tf.backend();
  return runtime
    ? { threads: runtime.threads, variant: runtime.variant }
    : { threads: 1, cores: cpus().length };
}

/** The network that every engine of JavaScript can train: two convolutions, max-pooling, a dense layer, SGD. */
async function measureSmall() {
  const network = createModel(
    sequential([
      conv2d({ inChannels: 3, outChannels: 32, kernelSize: 3 }),
      relu,
      conv2d({ inChannels: 32, outChannels: 64, kernelSize: 3 }),
      relu,
      maxPool2d({ poolSize: 2 }),
      flatten,
      dense({ inFeatures: 16 * 16 * 64, outFeatures: 10 }),
    ]),
  );
  const trainer = createTrainer(network, {
    loss: sparseSoftmaxCrossEntropy,
    optimizer: sgd({ learningRate: 0.01, momentum: 0 }),
  });
  const xs = tf.randomNormal([batchSize, 32, 32, 3]);
  const ys = tf.tensor(
    Int32Array.from({ length: batchSize }, (_, i) => i % 10),
    [batchSize],
    'int32',
  );
  const milliseconds = [];
  for (let i = 0; i <= steps; i++) {
    const start = performance.now();
    const { loss, predictions } = trainer.step({ xs, ys });
    await loss.data();
    tf.dispose([loss, predictions]);
    if (i > 0) milliseconds.push(performance.now() - start);
  }
  return { milliseconds, flopsPerImage: 3 * countFlops(network, [32, 32, 3]) };
}
