import { Writable } from 'node:stream';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../results/run-events';
import { liveLog } from './live-log';
import { plainLog } from './plain-log';
import { createProgress } from './progress';
import { statusLine } from './status-line';

const step = (change: object = {}): Extract<RunEvent, { type: 'step' }> => ({
  type: 'step',
  model: 'cnn',
  seed: 3,
  epoch: 2,
  epochs: 8,
  step: 400,
  totalSteps: 1600,
  loss: 1.23456,
  accuracy: 0.567,
  learningRate: 0.0123,
  gradientNorm: 1.5,
  imagesPerSecond: 1577.4,
  gflopsPerSecond: 31.2,
  secondsLeft: 190,
  dataWait: 0.02,
  ...change,
});
const run: RunEvent[] = [
  { type: 'stage', message: 'Loading CIFAR-10' },
  {
    type: 'download',
    dataset: 'CIFAR-10',
    receivedBytes: 65e6,
    totalBytes: 130e6,
    bytesPerSecond: 10e6,
    secondsLeft: 6.5,
  },
  {
    type: 'modelStart',
    model: 'cnn',
    seed: 3,
    description: 'widths 32/64/64',
    parameters: 484_000,
    forwardFlopsPerImage: 31e6,
    batchSize: 250,
    epochs: 8,
    totalSteps: 1600,
    modelIndex: 0,
    modelCount: 3,
  },
  step(),
  { type: 'evaluate', model: 'cnn', done: 2500, total: 10_000 },
  {
    type: 'epoch',
    model: 'cnn',
    seed: 3,
    images: 'test',
    epoch: 2,
    epochs: 8,
    trainLoss: 1.2,
    trainAccuracy: 0.55,
    testLoss: 1.1,
    testAccuracy: 0.6123,
    seconds: 75,
    flops: 5e12,
    imagesPerSecond: 1500,
  },
  {
    type: 'modelEnd',
    model: 'cnn',
    seed: 3,
    images: 'test',
    testAccuracy: 0.78,
    forecastSeconds: 248,
    trainSeconds: 254,
    imagesPerSecond: 1577,
  },
];

describe('the plain log', () => {
  it('is one line per thing that lasts', () => {
    const lines: string[] = [];
    let time = 0;
    const listener = plainLog(
      (line) => lines.push(line),
      () => (time += 1000),
    );
    run.forEach((event) => {
      listener(event);
    });
    expect(lines).toMatchInlineSnapshot(`
      [
        "Loading CIFAR-10",
        "downloading: 62 MiB of 124 MiB (50 %), 9.54 MiB/s, 6.5 s left",
        "cnn, seed 3 (1 of 3): widths 32/64/64; 0.484 M parameters, 31 MFLOP per image",
        "cnn, seed 3, epoch 2/8 | train loss 1.200 accuracy 55.0 % | test loss 1.100 accuracy 61.23 % | 1 min 15 s | 1,500 images/s",
        "cnn, seed 3: 78.00 % of the test images after 4 min 14 s of training (forecast 4 min 8 s)",
      ]
    `);
  });

  it('says how a long epoch goes every 30 seconds', () => {
    const lines: string[] = [];
    let time = 0;
    const listener = plainLog(
      (line) => lines.push(line),
      () => time,
    );
    for (let i = 0; i <= 100; i++) {
      time = i * 1000;
      listener(step({ step: i }));
    }
    expect(lines.map((line) => /step (\d+)/.exec(line)?.[1])).toEqual(['0', '30', '60', '90']);
  });
});

it('shows a forecast as a table, training by training', () => {
  const trainings = [
    { model: 'cnn', seed: 0, epochs: 9, flops: 1.34e14, trainSeconds: 2400, evaluationSeconds: 130 },
    { model: 'vit', seed: 0, epochs: 1.25, flops: 2e13, trainSeconds: 600, evaluationSeconds: 9.5 },
  ] as const;
  const doneAt = new Date(2026, 0, 31, 14, 5).toISOString();
  const lines: string[] = [];
  plainLog((line) => lines.push(line))({
    type: 'forecast',
    trainings: trainings.map((training) => ({ ...training, doneAt })),
  });
  expect(lines).toMatchInlineSnapshot(`
    [
      "Forecast from a few steps of each model on this machine
                              Training    Training
    Training         Epochs       FLOP        time  Evaluation        Done about
    ───────────────  ──────  ─────────  ──────────  ──────────  ────────────────
    cnn with seed 0       9  134 TFLOP  40 min 0 s  2 min 10 s  2026-01-31 14:05
    vit with seed 0    1.25   20 TFLOP  10 min 0 s       9.5 s  2026-01-31 14:05",
    ]
  `);
  const { stream, text } = terminal();
  liveLog(stream, pc.createColors(false)).listener({
    type: 'forecast',
    trainings: [{ ...trainings[0], doneAt }],
  });
  expect(text()).toContain('134 TFLOP');
});

it('does not call images that are held out test images', () => {
  const lines: string[] = [];
  const listener = plainLog((line) => lines.push(line));
  for (const event of run) {
    listener(event.type === 'epoch' || event.type === 'modelEnd' ? { ...event, images: 'held-out' } : event);
  }
  expect(lines.slice(-2)).toEqual([
    expect.stringContaining('| held-out loss 1.100 accuracy 61.23 % |'),
    expect.stringContaining('78.00 % of the held-out images'),
  ]);
});

describe('the status line', () => {
  it.each([160, 100, 60, 20])('fits into %d columns', (width) => {
    for (const event of run) expect(statusLine(event, width)?.length ?? 0).toBeLessThanOrEqual(width);
  });

  it('shows what there is room for', () => {
    expect(statusLine(step(), 160, { index: 1, count: 3 })).toMatchInlineSnapshot(
      `"cnn 1/3 ████░░░░░░░░░░░░ 25 % epoch 2/8, 3 min 10 s left  loss 1.235  accuracy 56.7 %  1,577 images/s  31.2 GFLOP/s  lr 0.0123  data wait 2 %"`,
    );
    expect(statusLine(step(), 80, { index: 1, count: 3 })).toMatchInlineSnapshot(
      `"cnn 1/3 ██░░░░░░ 25 % epoch 2/8, 3 min 10 s left  loss 1.235  accuracy 56.7 %"`,
    );
    expect(statusLine(run[1]!, 100)).toMatchInlineSnapshot(
      `"████░░░░ downloading: 62 MiB of 124 MiB (50 %), 9.54 MiB/s, 6.5 s left"`,
    );
    expect(statusLine(run[4]!, 100, { index: 1, count: 3 })).toMatchInlineSnapshot(
      `"cnn 1/3 ██░░░░░░ 25 % testing  2500 of 10000 images"`,
    );
  });
});

function terminal(isTTY = true): { stream: NodeJS.WriteStream; text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY, columns: 80 }) as NodeJS.WriteStream, text: () => text };
}

describe('the live log', () => {
  it('rewrites one line, at most ten times a second, and leaves lines that stay', () => {
    const { stream, text } = terminal();
    let time = 0;
    const { listener, close } = liveLog(stream, pc.createColors(false), () => time);
    for (let i = 0; i < 200; i++) {
      time = i * 10;
      listener(step({ step: i }));
    }
    expect(text().split('cnn 1/1').length - 1).toBe(20);
    listener(run[5]!);
    listener(step({ step: 201 }));
    close();
    const screen = text().split('\n');
    // The line that stays takes two on 80 columns.
    expect(screen).toHaveLength(3);
    expect(screen[0]!.split('\u001b[2K').at(-1)).toMatch(/^cnn, seed 3, epoch 2\/8 \|/);
    expect(screen[2]!.endsWith('\u001b[1G\u001b[2K')).toBe(true);
  });

  it('breaks the lines that stay at the width of the terminal', () => {
    const { stream, text } = terminal();
    const { listener } = liveLog(stream, pc.createColors(false));
    run.forEach((event) => {
      listener(event);
    });
    const lasting = text()
      .split('\n')
      .map((line) => line.split('\u001b[2K').at(-1)!);
    for (const line of lasting) expect(line.length).toBeLessThanOrEqual(80);
    expect(lasting).toContain('cnn, seed 3, epoch 2/8 | train loss 1.200 accuracy 55.0 % |');
  });

  it('uses color only where it may', () => {
    const colored = terminal();
    liveLog(colored.stream, pc.createColors(true)).listener(step());
    expect(colored.text()).toContain('\u001b[36m');
    const plain = terminal();
    createProgress({ err: plain.stream, env: { NO_COLOR: '1' } }).listener(step());
    expect(plain.text()).not.toContain('\u001b[36m');
  });
});

describe('createProgress', () => {
  it.each([
    ['in a pipe', false, {}],
    ['in CI', true, { CI: 'true' }],
    ['on a dumb terminal', true, { TERM: 'dumb' }],
  ])('writes plain lines %s', (_, isTTY, env) => {
    const { stream, text } = terminal(isTTY);
    const { listener, print, close } = createProgress({ err: stream, env });
    run.forEach((event) => {
      listener(event);
    });
    print('done');
    close();
    for (const control of ['\r', '\u001b']) expect(text()).not.toContain(control);
    expect(text().trimEnd().endsWith('done')).toBe(true);
  });
});
