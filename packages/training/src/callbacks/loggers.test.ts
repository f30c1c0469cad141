import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clouds, network, options, trainerOptions, weights } from '../../test/clouds';
import { readEvents } from '../../test/read-events';
import {
  type Callback,
  createTrainer,
  csvLogger,
  type EpochReport,
  fit,
  jsonLinesLogger,
  learningRateLogger,
  loadCheckpoint,
  saveBest,
  tensorBoard,
  train,
} from '../index';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenfold-callbacks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const rest = { ...options, data: clouds(), validation: clouds() };
const run = async (callbacks: Callback[], epochs = 2): Promise<EpochReport[]> => {
  const model = network();
  const before = tf.memory().numTensors;
  const reports = await fit(model, { ...rest, epochs, callbacks });
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
  return reports;
};

describe('csvLogger', () => {
  it('writes a row for each epoch, and appends when a run is resumed', async () => {
    const file = join(folder, 'new', 'run.csv');
    const trainer = createTrainer(network(), trainerOptions);
    const all = { data: clouds(), validation: clouds(), metrics: options.metrics };
    const callbacks = [learningRateLogger({ learningRate: 0.02 }), csvLogger({ file })];
    const reports = await train(trainer, { ...all, callbacks, epochs: 2 });
    reports.push(...(await train(trainer, { ...all, callbacks, epochs: 3 })));
    const [head, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(head).toBe(
      'epoch,steps,seconds,loss,metrics.accuracy,validation.loss,validation.metrics.accuracy,values.learningRate',
    );
    expect(rows.map((row) => row.split(',').map(Number))).toEqual(
      reports.map(({ epoch, steps, seconds, loss, metrics, validation }) => [
        epoch,
        steps,
        seconds,
        loss,
        metrics.accuracy,
        validation!.loss,
        validation!.metrics.accuracy,
        0.02,
      ]),
    );
    trainer.dispose();
    trainer.model.dispose();
  });

  it('removes a row that a crash has cut short, and refuses other columns', async () => {
    const file = join(folder, 'run.csv');
    await run([csvLogger({ file })], 1);
    const whole = readFileSync(file, 'utf8');
    appendFileSync(file, '1,4,0.0');
    await run([csvLogger({ file })], 1);
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.slice(0, 2).join('\n')).toBe(whole.trimEnd());
    expect(lines).toHaveLength(4);
    const model = network();
    const error = await fit(model, {
      ...rest,
      metrics: {},
      epochs: 1,
      callbacks: [csvLogger({ file })],
    }).catch((error) => error);
    expect(error.message).toMatch(
      /^csvLogger: .* has the columns epoch,.* but this run has .*; give another file/,
    );
    expect(error.reports).toHaveLength(1);
    model.dispose();
  });

  it('says which file cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(run([csvLogger({ file: join(folder, 'file', 'run.csv') })])).rejects.toThrow(
      /^fit: the callback csvLogger failed .*: E(NOTDIR|EXIST)/,
    );
  });
});

describe('jsonLinesLogger', () => {
  it('writes the reports, with words for NaN, and appends', async () => {
    const file = join(folder, 'run.jsonl');
    const infinite: Callback = () => ({
      onEpoch({ values }) {
        values.ratio = Infinity;
      },
    });
    const reports = await run([infinite, jsonLinesLogger({ file })], 1);
    await run([jsonLinesLogger({ file, steps: true })], 1);
    const lines = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toEqual({ ...reports[0], values: { ratio: 'Infinity' } });
    expect(lines.slice(1).map(({ step }) => step)).toEqual([1, 2, 3, 4, undefined]);
    expect(lines[1]).not.toHaveProperty('sums');
    expect(lines[1].metrics.accuracy).toBeGreaterThanOrEqual(0);
  });
});

describe('tensorBoard', () => {
  it('writes event files that a reader of the format understands', async () => {
    const seen: number[] = [];
    const record: Callback = () => ({ onStep: ({ loss }) => void seen.push(loss) });
    const begin = Date.now() / 1000;
    const reports = await run([record, learningRateLogger({ learningRate: 0.5 }), tensorBoard({ folder })]);
    const [file, ...others] = readdirSync(folder);
    expect(others).toEqual([]);
    expect(file).toMatch(/^events\.out\.tfevents\.\d{10}\./);
    const [version, ...events] = readEvents(readFileSync(join(folder, file!)));
    expect(version).toMatchObject({ fileVersion: 'brain.Event:2', scalars: {} });
    for (const { wallTime } of [version!, ...events]) {
      expect(wallTime).toBeGreaterThanOrEqual(begin - 1);
      expect(wallTime).toBeLessThanOrEqual(Date.now() / 1000);
    }
    expect(events.map(({ step }) => step)).toEqual([1, 2, 3, 4, 4, 5, 6, 7, 8, 8]);
    const steps = events.filter(({ scalars }) => 'step/loss' in scalars);
    expect(steps.map(({ scalars }) => scalars['step/loss'])).toEqual(seen.map(Math.fround));
    expect(Object.keys(steps[0]!.scalars)).toEqual([
      'step/loss',
      'step/metrics/accuracy',
      'step/values/learningRate',
    ]);
    const epochs = events.filter(({ scalars }) => 'epoch/loss' in scalars);
    expect(epochs.map(({ scalars }) => scalars['epoch/validation/loss'])).toEqual(
      reports.map(({ validation }) => Math.fround(validation!.loss)),
    );
    await run([tensorBoard({ folder, steps: false })], 1);
    expect(readdirSync(folder)).toHaveLength(2);
  });
});

describe('saveBest', () => {
  it('keeps the checkpoint of the best epoch', async () => {
    const file = join(folder, 'models', 'best.safetensors');
    const model = network();
    const values = [3, 1, 2, 5];
    const seen: object[] = [];
    const keep: Callback = ({ trainer }) => ({
      onEpoch: async () => void seen.push(await weights(trainer.model)),
    });
    const metric = ({ epoch }: EpochReport) => values[epoch]!;
    const restore = async (mode: 'min' | 'max') => {
      seen.length = 0;
      await fit(model, { ...rest, epochs: 3, callbacks: [keep, saveBest({ file, metric, mode })] });
      const trainer = createTrainer(network(), trainerOptions);
      const metadata = loadCheckpoint(trainer, readFileSync(file));
      const found = { metadata, values: await weights(trainer.model), steps: trainer.stepCount };
      trainer.dispose();
      trainer.model.dispose();
      return found;
    };
    const smallest = await restore('min');
    expect(smallest).toMatchObject({ metadata: { epoch: '1', value: '1' }, steps: 8 });
    expect(smallest.values).toEqual(seen[1]);
    expect(await restore('max')).toMatchObject({ metadata: { epoch: '0', value: '3' }, steps: 4 });
    expect(readdirSync(join(folder, 'models'))).toEqual(['best.safetensors']);
    model.dispose();
  });

  it('monitors the validation loss, and throws when there is none', async () => {
    const file = join(folder, 'best.safetensors');
    await run([saveBest({ file })], 1);
    expect(existsSync(file)).toBe(true);
    const model = network();
    await expect(
      fit(model, { ...options, data: clouds(), epochs: 1, callbacks: [saveBest({ file })] }),
    ).rejects.toThrow(/^saveBest: there is no validation data; give validation/);
    model.dispose();
  });
});

it.each([
  [csvLogger, {}, /^csvLogger: file is missing/],
  [csvLogger, { file: '' }, /^csvLogger: file is ""/],
  [jsonLinesLogger, { file: 1 }, /^jsonLinesLogger: file is 1/],
  [
    jsonLinesLogger,
    { file: 'a', step: true },
    /^jsonLinesLogger: there is no option "step"; did you mean steps/,
  ],
  [tensorBoard, { file: 'a' }, /^tensorBoard: there is no option "file"/],
  [saveBest, { file: 'a', metric: 'f1' }, /^saveBest: mode is missing/],
])('rejects wrong options: %#', (make, options, message) => {
  expect(() => make(options as never)).toThrow(message);
});
