// A hand-written training loop, and a checkpoint that is resumed in another model.
import { tanh } from '@tenfold/activations';
import '@tenfold/backend-simd';
import { twoMoons, vectors } from '@tenfold/datasets';
import '@tenfold/gradients';
import { createModel, dense, sequential } from '@tenfold/layers';
import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { clipByGlobalNorm, sgd } from '@tenfold/optimizers';
import { createTrainer, loadCheckpoint, saveCheckpoint } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';

await tf.setBackend('simd');

const network = sequential([
  dense({ inFeatures: 2, outFeatures: 16 }),
  tanh,
  dense({ inFeatures: 16, outFeatures: 2 }),
]);
const data = vectors(twoMoons({ count: 400, seed: 1 }), { batchSize: 40, shuffle: true, seed: 1 });
const options = {
  loss: sparseSoftmaxCrossEntropy,
  optimizer: clipByGlobalNorm(sgd({ learningRate: 0.5, momentum: 0.9 }), { maxNorm: 1 }),
};

async function epoch(trainer, number) {
  let sum = 0;
  for (const batch of data.batches(number)) {
    const { loss, predictions } = trainer.step(batch);
    sum += (await loss.data())[0];
    tf.dispose([loss, predictions, batch.xs, batch.ys]);
  }
  return sum / data.stepsPerEpoch;
}

const first = createTrainer(createModel(network, { seed: 1 }), options);
for (let i = 0; i < 10; i++) await epoch(first, i);
const checkpoint = await saveCheckpoint(first, { note: 'from an example' });

const second = createTrainer(createModel(network, { seed: 2 }), options);
loadCheckpoint(second, checkpoint);
const [expected, resumed] = [await epoch(first, 10), await epoch(second, 10)];
console.log(
  `epoch 11: loss ${expected.toFixed(6)}; resumed from the checkpoint (${checkpoint.length} bytes): ${resumed.toFixed(6)}`,
);
if (expected !== resumed) throw new Error('the losses should be the same, bit for bit');
if (!(expected < 0.2)) throw new Error('the moons should be separated by now');
