// Your own network on CIFAR-10: convolutions with residual connections, trained on 2,000 images.
import { relu } from '@tenfold/activations';
import '@tenfold/backend-simd';
import { batches, cifar10, randomFlip, reflectShift, subset } from '@tenfold/datasets';
import '@tenfold/gradients';
import {
  batchNorm,
  block,
  conv2d,
  createModel,
  dense,
  globalAveragePool,
  maxPool2d,
  sequential,
} from '@tenfold/layers';
import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { accuracy } from '@tenfold/metrics';
import { adamW, oneCycle } from '@tenfold/optimizers';
import { l2 } from '@tenfold/regularizers';
import { fit } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';

await tf.setBackend('simd');

const convolution = (inChannels, outChannels) =>
  sequential({
    conv: conv2d({ inChannels, outChannels, kernelSize: 3, bias: false }),
    norm: batchNorm({ channels: outChannels }),
    relu,
  });
const residual = (channels) =>
  block({ first: convolution(channels, channels), second: convolution(channels, channels) }, (l, x) =>
    tf.add(x, l.second(l.first(x))),
  );

const model = createModel(
  sequential({
    stem: convolution(3, 16),
    pool1: maxPool2d(),
    stage1: residual(16),
    pool2: maxPool2d(),
    widen: convolution(16, 32),
    stage2: residual(32),
    pool3: globalAveragePool,
    head: dense({ inFeatures: 32, outFeatures: 10 }),
  }),
  { seed: 1 },
);

const { train, test, mean, standardDeviation } = await cifar10();
const data = batches(subset(train, 2000), {
  mean,
  standardDeviation,
  batchSize: 50,
  shuffle: true,
  seed: 1,
  augment: [reflectShift({ pixels: 2 }), randomFlip()],
});

await fit(model, {
  data,
  validation: batches(subset(test, 1000), { mean, standardDeviation, batchSize: 250 }),
  loss: sparseSoftmaxCrossEntropy,
  optimizer: adamW({ learningRate: oneCycle({ peak: 0.01, totalSteps: 6 * data.stepsPerEpoch }) }),
  regularizer: l2({ rate: 1e-4, only: /kernel$/ }),
  metrics: { accuracy },
  epochs: 6,
  onEpoch({ epoch, loss, validation }) {
    const percent = (100 * validation.metrics.accuracy).toFixed(1);
    console.log(
      `epoch ${epoch + 1}: loss ${loss.toFixed(3)}, ${percent} % of the test images classified correctly`,
    );
    if (epoch === 5 && validation.metrics.accuracy < 0.35)
      throw new Error('the network should have learned more');
  },
});
