import { batchNorm, createModel, dense, sequential } from '@tenfold/layers';
import { meanSquaredError } from '@tenfold/losses';
import { sgd } from '@tenfold/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { weights } from '../../test/clouds';
import { type EpochReport, earlyStopping, fit } from '../index';

const model = () =>
  createModel(sequential([dense({ inFeatures: 1, outFeatures: 1 }), batchNorm({ channels: 1 })]), {
    seed: 1,
  });
const data = { xs: [[1], [2], [3], [4]], ys: [[2], [4], [6], [8]], batchSize: 2 };
const rest = { data, loss: meanSquaredError, optimizer: sgd({ learningRate: 0.01 }), epochs: 9 };

/** A metric with a fixed series of values. */
const series = (...values: number[]) => {
  let at = 0;
  return (_: EpochReport) => values[Math.min(at++, values.length - 1)]!;
};

it('says to call earlyStopping', async () => {
  const network = model();
  await expect(fit(network, { ...rest, callbacks: [earlyStopping as never] })).rejects.toThrow(
    /^fit: callbacks\[0\]: the function earlyStopping was given without a call; give earlyStopping\(…\), with its options$/,
  );
});

describe('earlyStopping', () => {
  it.each([
    [[5, 4, 3, 3, 3, 9], { patience: 2 }, 5],
    [[5, 4, 4.5, 3, 3.5, 3.6], { patience: 2 }, 6],
    [[5, 4.9, 4.8, 4.7], { patience: 2, minDelta: 0.5 }, 3],
    [[1, 2, 3, 2.5, 2], { patience: 1, mode: 'max' as const }, 4],
    [[Number.NaN, Number.NaN], { patience: 2 }, 2],
    [[9, 8, 7, 6, 5, 4, 3, 2, 1], { patience: 1 }, 9],
  ])('of %j with %j trains %i epochs', async (values, options, epochs) => {
    const network = model();
    const stop = earlyStopping({ metric: series(...values), mode: 'min', restoreBest: false, ...options });
    expect(await fit(network, { ...rest, callbacks: [stop] })).toHaveLength(epochs);
    network.dispose();
  });

  it.each([
    [[3, 2, 4, 5, 6], 2, 'that it was stopped after'],
    [[3, 2, 4, 4, 4, 4, 4, 4, 4], 9, 'though all epochs were trained'],
  ])('restores the best epoch: %j, patience %i, %s', async (values, patience) => {
    const network = model();
    const before = tf.memory().numTensors;
    const seen: object[] = [];
    await fit(network, {
      ...rest,
      callbacks: [earlyStopping({ metric: series(...values), mode: 'min', patience })],
      onEpoch: async () => void seen.push(await weights(network)),
    });
    expect(await weights(network)).toEqual(seen[1]);
    expect(seen.at(-1)).not.toEqual(seen[1]);
    expect(tf.memory().numTensors).toBe(before);
    network.dispose();
  });

  it('keeps the current parameters when training is aborted or fails, and leaves no tensor', async () => {
    const network = model();
    const before = tf.memory().numTensors;
    let last: object = {};
    const stop = earlyStopping({ metric: series(1, 2, 3), mode: 'min', patience: 5 });
    const onEpoch = async ({ epoch }: EpochReport) => {
      last = await weights(network);
      if (epoch === 2) throw new Error('on purpose');
    };
    await expect(fit(network, { ...rest, callbacks: [stop], onEpoch })).rejects.toThrow('on purpose');
    expect(await weights(network)).toEqual(last);
    expect(tf.memory().numTensors).toBe(before);
    network.dispose();
  });

  it('monitors the validation loss or a metric by name, and can be reused', async () => {
    const network = model();
    const reports = await fit(network, {
      ...rest,
      validation: data,
      callbacks: [earlyStopping({ patience: 3 })],
    });
    expect(reports.length).toBeGreaterThan(0);
    const constant = () => tf.scalar(0.5);
    const stop = earlyStopping({ metric: 'constant', mode: 'max', patience: 2 });
    for (let i = 0; i < 2; i++) {
      expect(
        await fit(network, { ...rest, validation: data, metrics: { constant }, callbacks: [stop] }),
      ).toHaveLength(3);
    }
    network.dispose();
  });

  it('throws at the start when there is nothing to monitor', async () => {
    const network = model();
    const run = (stop: ReturnType<typeof earlyStopping>, validation?: typeof data) =>
      fit(network, { ...rest, validation, metrics: { mse: meanSquaredError }, callbacks: [stop] });
    await expect(run(earlyStopping({ patience: 1 }))).rejects.toThrow(/no validation data; give validation/);
    await expect(run(earlyStopping({ patience: 1, metric: 'accuracy', mode: 'max' }), data)).rejects.toThrow(
      /there is no metric "accuracy"; monitor loss or mse, or add it: metrics: \{ accuracy \}$/,
    );
    await expect(
      run(earlyStopping({ patience: 1, metric: () => '1' as never, mode: 'max' })),
    ).rejects.toThrow(/metric returned "1"; return a number/);
    network.dispose();
  });

  it.each([
    [{}, /patience is missing/],
    [{ patience: 0 }, /patience is 0; give an integer of at least 1/],
    [{ patience: 1, metric: 'accuracy' }, /mode is missing; give 'max' if a larger accuracy is better/],
    [{ patience: 1, mode: 'auto' }, /mode is "auto"; give "min" or "max"/],
    [{ patience: 1, minDelta: -1 }, /minDelta is -1/],
    [{ patience: 1, restoreBest: 'yes' }, /restoreBest is "yes"; give true or false/],
    [{ patience: 1, monitor: 'loss' }, /there is no option "monitor"/],
  ])('rejects %j', (options, message) => {
    expect(() => earlyStopping(options as never)).toThrow(message);
  });
});

it('says that the model is disposed', async () => {
  const before = tf.memory().numTensors;
  for (const values of [
    [2, 1],
    [1, 2],
  ]) {
    const network = model();
    const stop = earlyStopping({ metric: series(...values), mode: 'min', patience: 5 });
    const onEpoch = ({ epoch }: EpochReport) => void (epoch === 1 && network.dispose());
    await expect(fit(network, { ...rest, epochs: 2, callbacks: [stop], onEpoch })).rejects.toThrow(
      /^earlyStopping: the model is disposed; dispose it after training/,
    );
  }
  expect(tf.memory().numTensors).toBe(before);
});

it('closes the data when a callback fails at the end', async () => {
  const network = model();
  const closed = vi.fn();
  const batch = () => ({ xs: tf.ones([2, 1]), ys: tf.ones([2, 1]) });
  const data = {
    next: () => ({ done: false, value: batch() }),
    return: closed,
    [Symbol.iterator]: () => data,
  };
  const end = () => {
    throw new Error('on purpose');
  };
  const stop = () => ({ onEpoch: () => false, end });
  await expect(
    fit(network, { ...rest, data: data as never, stepsPerEpoch: 1, callbacks: [stop] }),
  ).rejects.toThrow('on purpose');
  expect(closed).toHaveBeenCalledTimes(1);
  network.dispose();
});
