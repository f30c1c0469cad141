// A tfjs-layers model, trained on the simd backend with an optimizer that tfjs does not have.
import '@tenfold/backend-simd';
import { spirals } from '@tenfold/datasets';
import '@tenfold/gradients';
import { adamW, toTfOptimizer } from '@tenfold/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

await tf.setBackend('simd');

const { points, labels, count } = spirals({ count: 1000, seed: 1 });
const model = tfl.sequential({
  layers: [
    tfl.layers.dense({ inputShape: [2], units: 64, activation: 'relu', kernelInitializer: 'heUniform' }),
    tfl.layers.dense({ units: 64, activation: 'relu', kernelInitializer: 'heUniform' }),
    tfl.layers.dense({ units: 2, activation: 'softmax' }),
  ],
});
model.compile({
  optimizer: toTfOptimizer(adamW({ learningRate: 0.01, weightDecay: 0.01, only: /kernel(_\d+)?$/ })),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
});
const { history } = await model.fit(tf.tensor(points, [count, 2]), tf.tensor(Float32Array.from(labels)), {
  epochs: 30,
  batchSize: 50,
  verbose: 0,
});
const accuracy = history.acc.at(-1);
console.log(`${(100 * accuracy).toFixed(1)} % of the spirals classified correctly`);
if (accuracy < 0.9) throw new Error('the spirals should be separated by now');
