import { readFileSync } from 'node:fs';
import { airbench } from '@tenfold/architectures';
import { assignParameters, createModel } from '@tenfold/layers';
import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { sgd } from '@tenfold/optimizers';
import { type Batch, createTrainer } from '@tenfold/training';
import * as tf from '@tensorflow/tfjs-core';

/** What tools/goldens/trajectory.py writes; the weights in units of 1/256. */
export interface Golden {
  widths: [number, number, number];
  classes: number;
  batch: number;
  batches: number;
  learningRate: number;
  momentum: number;
  labelSmoothing: number;
  weights: { [name: string]: { shape: number[]; values: number[] } };
  losses: number[];
  logits: number[];
}

export interface Trajectory {
  losses: number[];
  logits: number[];
}

export function readGolden(file: string | URL): Golden {
  return (JSON.parse(readFileSync(file, 'utf8')) as { cases: Golden }).cases;
}

/** The same steps from the same weights on the current backend, all of them or the first. */
export async function trajectory(golden: Golden, steps = golden.losses.length): Promise<Trajectory> {
  const { widths, classes, learningRate, momentum, labelSmoothing, batches } = golden;
  const model = createModel(airbench({ widths, classes }));
  const tensors: tf.NamedTensorMap = {};
  for (const [name, variable] of Object.entries(model.parameters())) {
    const weights = golden.weights[name];
    tensors[name] = weights
      ? tf.tensor(
          weights.values.map((value) => value / 256),
          weights.shape,
        )
      : tf.clone(variable); // running statistics
  }
  assignParameters(model, tensors);
  const trainer = createTrainer(model, {
    loss: (labels, logits) => sparseSoftmaxCrossEntropy(labels, logits, { labelSmoothing }),
    optimizer: sgd({ learningRate, momentum, nesterov: true }),
  });
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const batch = createBatch(golden, step % batches);
    const { loss, predictions } = trainer.step(batch);
    losses.push((await loss.data())[0]!);
    tf.dispose([loss, predictions, batch.xs, batch.ys]);
  }
  const { xs } = createBatch(golden, 0);
  return { losses, logits: Array.from(await model.predict(xs).data()) };
}

/** Image n is a wave of its class and noise, by the script's integers. */
function createBatch({ batch, classes }: Golden, index: number): Batch {
  const values = Float32Array.from({ length: batch * 3072 }, (_, at) => {
    const i = index * batch * 3072 + at;
    const n = Math.floor(i / 3072);
    const [y, x, c] = [Math.floor(i / 96) % 32, Math.floor(i / 3) % 32, i % 3];
    const wave = ((y * ((n % classes) + 1) + x * ((n % classes) + 2 * c)) % 32) - 16;
    const noise = (((i * 7919 + n * 104729) % 10007) % 64) - 32;
    return (wave + noise) / 64;
  });
  const labels = Int32Array.from({ length: batch }, (_, i) => (index * batch + i) % classes);
  return { xs: tf.tensor(values, [batch, 32, 32, 3]), ys: tf.tensor(labels, [batch], 'int32') };
}
