import * as tf from '@tensorflow/tfjs-core';
import { optimizers, step, tinyNetwork, training, waves } from './tiny-network';

/** The memory held by a long run. */
export interface Held {
  tensors: number;
  dataBuffers: number;
  arenaBytes: number;
  arenaPeakBytes: number;
}

export interface Endurance {
  optimizer: string;
  steps: number;
  firstLoss: number;
  lastLoss: number;
  /** After the first steps, and after the last. */
  early: Held;
  late: Held;
  /** When model, optimizer and batches are disposed. */
  end: Held;
}

const BATCH = 8;
/** Until every block that a step needs has been made, whatever the size of the batch. */
const WARM_UP = 20;

/** Trains the tiny network with one optimizer, with a smaller batch every ten steps, and returns the memory that is held. */
export async function endure(optimizer: string, steps: number): Promise<Endurance> {
  const model = tinyNetwork(1);
  const trainer = training(model, optimizers[optimizer]!());
  const batches = [waves(BATCH, 2), waves(BATCH - 3, 3)] as const;
  const losses: number[] = [];
  let early = held();
  for (let i = 0; i < steps; i++) {
    const loss = await step(trainer, batches[i % 10 === 9 ? 1 : 0]);
    if (!Number.isFinite(loss)) throw new Error(`endure: the loss of step ${i} is ${loss}`);
    losses.push(loss);
    if (i === Math.min(WARM_UP, steps) - 1) early = held();
  }
  const late = held();
  trainer.dispose();
  model.dispose();
  for (const { xs, ys } of batches) tf.dispose([xs, ys]);
  return {
    optimizer,
    steps,
    firstLoss: losses[0]!,
    lastLoss: losses.at(-1)!,
    early,
    late,
    end: held(),
  };
}

/** What there is now; on a backend without an arena its bytes are 0. */
export function held(): Held {
  const { numTensors, numDataBuffers, ...rest } = tf.memory();
  const { arenaBytes = 0, arenaPeakBytes = 0 } = rest as { arenaBytes?: number; arenaPeakBytes?: number };
  return { tensors: numTensors, dataBuffers: numDataBuffers, arenaBytes, arenaPeakBytes };
}
