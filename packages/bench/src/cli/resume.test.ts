import type { ChildProcess } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRng } from '@tenfold/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { answer, buildCommandLine, emptyFolder, start } from '../../test/command-line';
import { parseResults } from '../results/results';

// The real command line as a separate process, on a small data set and with small networks that have all that keeps
// a state: batch norm, dropout, augmentation, whitening, Muon, momentum, AdamW, schedules, an average of the parameters, parameters that freeze; and
// test-time views.
const stubs = {
  'run/dataset': `
import { tintedImages } from '../../test/tinted-images';
export const describeDataset = async (id) => ({
  id,
  name: id === 'mnist' ? 'Small gray images' : 'Tinted images',
  sha256: { images: process.env.OTHER_DATA ? 'b'.repeat(64) : 'a'.repeat(64) },
});
const kinds = { cifar10: { size: 16 }, mnist: { size: 12, channels: 1, classes: 4 } };
export const loadDataset = async (id) =>
  tintedImages({ train: 101, test: process.env.NO_TEST_IMAGES ? 0 : 20, ...kinds[id] });`,
  'models/profiles': `
import { models } from './models';
const small = { epochs: 2, batchSize: 12 };
const { cnn, fnn } = { cnn: models.cnn.recipes.hour, fnn: models.fnn.recipes.quick };
const { optimizer } = cnn;
const groups = optimizer.groups.map((group) => (group.trainedEpochs ? { ...group, trainedEpochs: 1 } : group));
export const profiles = { quick: {
  cnn: { model: 'cnn', ...cnn, ...small, optimizer: { ...optimizer, groups }, architecture: { widths: [4, 4, 4] } },
  fnn: {
    model: 'fnn',
    ...fnn,
    ...small,
    architecture: { widths: [16], dropoutRate: 0.3 },
    augmentation: { shift: 2, flip: 'random', cutout: 0, policy: 'autoAugment', randomErasing: 0.25, mixup: 0.4, cutmix: 1 },
    weightAverage: 0.9,
  },
} };`,
  'run/measure/measure-inference': readFileSync(
    new URL('../run/measure/measure-inference.ts', import.meta.url),
    'utf8',
  ).replace('SECONDS = 1;', 'SECONDS = 0.01;'),
  'run/views': readFileSync(new URL('../run/views.ts', import.meta.url), 'utf8').replace(
    'tf.tidy(',
    "(process.env.DIE_IN_VIEWS && process.kill(process.pid, 'SIGKILL'), tf.tidy)(",
  ),
  'lib/files': `export { mkdir, readdir, readFile, rm } from 'node:fs/promises';
    export { join } from 'node:path';
    export { isSystemError, systemReason } from '@tenfold/files/node';
    import { writeAtomically as write } from '@tenfold/files/node';
    export const isMissing = (error) => error?.code === 'ENOENT';
    export async function writeAtomically(path, content) {
      if (process.env.FULL_DISK && new RegExp(process.env.FULL_DISK).test(path))
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      await write(path, content);
    }`,
};
const STEPS = 16; // of each training, in two epochs
const models = 'cnn,fnn';
const trainings = ['cnn-seed-5', 'cnn-seed-6', 'fnn-seed-5', 'fnn-seed-6'];
const onSimd = ['--backend', 'simd', '--threads', '1', '--seed', '5'];
const newRun = ['--models', models, ...onSimd, '--seeds', '2'];
// One training of `newRun`, which finds the same bits alone, for faults that do not depend on the other trainings.
const single = (model: 'cnn' | 'fnn') => ['--models', model, ...onSimd];

let cli = '';
let expected: ReturnType<typeof comparable>;
const expectedOfSingle = (model: 'cnn' | 'fnn') => comparable(join(unbroken, 'run'), [`${model}-seed-5`]);
let unbroken = '';
beforeAll(async () => {
  cli = await buildCommandLine('resume', stubs);
  unbroken = emptyFolder();
  const { code, err } = await start(cli, [...newRun, '--out', 'run'], { cwd: unbroken }).ended;
  expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('fnn, seed 6, epoch 2/2') });
  expected = comparable(join(unbroken, 'run'));
}, 120_000);

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const lines = (run: string) =>
  readFileSync(join(run, 'steps.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
// What is timed in addition to the training is the same work in every test and changes no bit of it.
const FAST = '--no-measure';
const resume = (cwd: string, ...more: string[]) =>
  start(cli, ['--resume', 'run', FAST, ...more], { cwd }).ended;

/** All of trainings of a finished run that does not depend on the clock: the models' bytes, results and log. */
function comparable(run: string, of: readonly string[] = trainings) {
  const results = parseResults(json(join(run, 'results.json')));
  return {
    parameters: of.map((file) => readFileSync(join(run, `${file}.safetensors`), 'base64')),
    models: results.models
      .filter(({ name, seed }) => of.includes(`${name}-seed-${seed}`))
      .map(
        ({
          trainSeconds,
          imagesPerSecond,
          gflopsPerSecond,
          peakFraction,
          peakMemoryBytes,
          inference,
          forecastSeconds,
          history,
          ...rest
        }) => ({
          ...rest,
          history: history.map(({ seconds, ...epoch }) => epoch),
        }),
      ),
    command: of === trainings ? results.command : undefined,
    steps: lines(run)
      .filter(({ type, model, seed }) => {
        return ['step', 'epoch', 'modelStart'].includes(type) && of.includes(`${model}-seed-${seed}`);
      })
      .map(
        ({
          type,
          model,
          seed,
          step,
          epoch,
          loss,
          accuracy,
          learningRate,
          gradientNorm,
          trainLoss,
          testLoss,
        }) => ({
          type,
          model,
          seed,
          step,
          epoch,
          loss,
          accuracy,
          learningRate,
          gradientNorm,
          trainLoss,
          testLoss,
        }),
      ),
  };
}

/** Waits until the log has so many lines, or was cut back to fewer than it had, or the process is over. */
async function until(count: number, child: ChildProcess, run: string): Promise<void> {
  const path = join(run, 'steps.jsonl');
  const size = () => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0);
  for (const began = size(); child.exitCode === null && child.signalCode === null; await sleep(1)) {
    const bytes = size();
    if (began > count ? bytes < began : bytes >= count) return;
  }
}

/** A run that was killed once its log had `count` lines. */
async function stoppedRun(args: string[], count: number) {
  const cwd = emptyFolder();
  const run = join(cwd, 'run');
  const { child, ended } = start(cli, [...args, FAST, '--out', 'run', '--checkpoint-minutes', '0'], { cwd });
  await until(count, child, run);
  child.kill('SIGKILL');
  return { cwd, run, ...(await ended) };
}

it('measures what the results report', () => {
  const { peak, models: trained } = parseResults(json(join(unbroken, 'run', 'results.json')));
  expect(peak!.method).toMatch(/^best of .*, on 1 thread$/);
  for (const model of trained) {
    const { flops, history, batchSize, trainSeconds } = model;
    expect(flops.trainPerStep).toBe(flops.trainTotal / STEPS);
    expect(flops.trainTotal).toBe(history.at(-1)!.flops);
    expect(history.map((epoch) => epoch.flops)).toContain(flops.toBest);
    expect(flops.trainPerStep).toBeGreaterThan(2 * batchSize * flops.forwardPerImage);
    expect(flops.trainPerStep).toBeLessThan(3.2 * batchSize * flops.forwardPerImage);
    expect(model.gflopsPerSecond).toBeCloseTo(flops.trainTotal / trainSeconds / 1e9, 9);
    expect(model.peakFraction).toBeCloseTo(model.gflopsPerSecond / peak!.gflopsPerSecond, 9);
    expect(model.energyReason).toMatch(/RAPL/);
    expect(model.inference).toHaveLength(3);
    expect(model.forecastSeconds).toBeGreaterThan(0);
    expect(model.steps).toHaveLength(STEPS);
    // Of fnn, whose steps are cheap, a later step would have the first.
    expect(model.steps.some(({ gradientNorm }) => gradientNorm !== null)).toBe(model.name === 'cnn');
    expect(model.calibration!.bins).toHaveLength(15);
    expect(model.pictures.length > 0).toBe(model.seed === 5); // of the first seed alone
  }
  // After its first epoch the whitening bias of cnn is frozen, and the first trained convolution needs no gradient of
  // its inputs: 8 steps of 12 images, 15·15 places, 4 filters of 3·3·24.
  const [first, second] = trained[0]!.history.map((epoch) => epoch.flops!);
  expect(2 * first! - second!).toBe(8 * 2 * 12 * 15 * 15 * 4 * 9 * 24);
});

it('trains every model with every seed, one seed after the other, and reports each', () => {
  expect(expected.steps.filter(({ type }) => type === 'modelStart')).toMatchObject([
    { model: 'cnn', seed: 5 },
    { model: 'fnn', seed: 5 },
    { model: 'cnn', seed: 6 },
    { model: 'fnn', seed: 6 },
  ]);
  expect(expected.models.map(({ name, seed }) => `${name}-seed-${seed}`)).toEqual(trainings);
  expect(new Set(expected.parameters).size).toBe(4);
  const { seeds, command } = parseResults(json(join(unbroken, 'run', 'results.json')));
  expect(seeds).toEqual([5, 6]);
  expect(command).toMatch(/--seed 5 --seeds 2/);
});

it('with several seeds, finds for each what a run with that seed alone finds', async () => {
  const cwd = emptyFolder();
  const alone = newRun.slice(0, -2).map((word) => (word === '5' ? '6' : word));
  expect(await start(cli, [...alone, FAST, '--out', 'run'], { cwd }).ended).toMatchObject({ code: 0 });
  for (const file of ['cnn-seed-6.safetensors', 'fnn-seed-6.safetensors']) {
    expect(readFileSync(join(cwd, 'run', file))).toEqual(readFileSync(join(unbroken, 'run', file)));
  }
  const { peak, models: trained } = parseResults(json(join(cwd, 'run', 'results.json')));
  expect(peak).toBeNull();
  for (const { inference, forecastSeconds, peakFraction } of trained) {
    expect({ inference, forecastSeconds, peakFraction }).toEqual({
      inference: [],
      forecastSeconds: null,
      peakFraction: null,
    });
  }
});

it('on held-out images, trains on the others and leaves the test images alone', async () => {
  const cwd = emptyFolder();
  const args = [
    '--models',
    'cnn',
    '--backend',
    'simd',
    '--epochs',
    '1',
    '--held-out',
    '30',
    FAST,
    '--out',
    'run',
  ];
  const { code, err } = await start(cli, args, { cwd, env: { NO_TEST_IMAGES: '1' } }).ended;
  expect({ code, err }).toMatchObject({
    code: 0,
    err: expect.stringMatching(/30 of 101 training images are held out[\s\S]*% of the held-out images/),
  });
  const { heldOut, dataset, command, models } = parseResults(json(join(cwd, 'run', 'results.json')));
  expect({ heldOut, dataset }).toMatchObject({ heldOut: 30, dataset: { trainImages: 101, testImages: 0 } });
  expect(command).toMatch(/--held-out 30/);
  const [cnn] = models;
  expect(cnn).toMatchObject({ testImages: 30, views: { count: 6 } });
  expect(cnn!.confusionMatrix.map((row) => row.reduce((sum, n) => sum + n))).toEqual(new Array(10).fill(3));
  expect(lines(join(cwd, 'run')).filter(({ type }) => type === 'step')).toHaveLength(5); // (101 − 30) / 12
});

it('trains on another dataset, with its shape, classes and names, and resumes on no other', async () => {
  const cwd = emptyFolder();
  const args = [
    '--dataset',
    'mnist',
    '--models',
    'fnn',
    '--backend',
    'simd',
    '--epochs',
    '1',
    FAST,
    '--out',
    'run',
  ];
  const { code, out, err } = await start(cli, args, { cwd }).ended;
  expect({ code, out, err }).toMatchObject({
    code: 0,
    out: expect.stringContaining('20 Small gray images test images'),
  });
  const { dataset, command, models, paper } = parseResults(json(join(cwd, 'run', 'results.json')));
  expect(dataset).toMatchObject({
    id: 'mnist',
    name: 'Small gray images',
    classNames: ['tint 0', 'tint 1', 'tint 2', 'tint 3'],
    imageShape: [12, 12, 1],
  });
  expect(command).toMatch(/--dataset mnist/);
  const [fnn] = models;
  expect(fnn!.recipe.augmentation).toMatchObject({ flip: 'none', policy: 'none' });
  expect(fnn!.parameters).toBe(144 * 16 + 16 + 2 * 16 + 16 * 4 + 4); // of 144 pixels and four classes
  expect(fnn!.confusionMatrix.map((row) => row.length)).toEqual([4, 4, 4, 4]);
  expect(paper).toMatchObject({ models: [], leavesOpen: [] });
  const report = readFileSync(join(cwd, 'run', 'report.md'), 'utf8');
  expect(report).toMatch(/^# Small gray images: fnn/);
  expect(report).toMatch(/tint 3/);
  for (const text of [report, out]) expect(text).not.toMatch(/paper/i);
  const other = await resume(cwd, '--dataset', 'cifar10');
  expect(other).toMatchObject({
    code: 2,
    err: expect.stringContaining('--dataset is cifar10, but the run has mnist'),
  });
  expect(await resume(cwd)).toMatchObject({ code: 0 });
}, 60_000);

describe('a run that is killed', () => {
  it('ends as the unbroken one, bit for bit, however often and whenever', async () => {
    const seed = Date.now() % 1e6;
    const rng = createRng(seed);
    const cwd = emptyFolder();
    const run = join(cwd, 'run');
    // With a checkpoint after every step, and with those of epochs alone, in turn.
    const more = (kills: number) => [FAST, '--checkpoint-minutes', kills % 2 === 0 ? '0' : '5'];
    let { child, ended } = start(cli, [...newRun, '--out', 'run', ...more(0)], { cwd });
    let kills = 0;
    for (let target = 1 + rng.integer(8); ; target += 8 + rng.integer(24)) {
      await until(target, child, run);
      await sleep(rng.integer(12));
      child.kill('SIGKILL');
      const { code, err } = await ended;
      if (code !== null) {
        expect({ code, err, seed }).toMatchObject({ code: 0 });
        break;
      }
      kills++;
      ({ child, ended } = start(cli, ['--resume', 'run', ...more(kills)], { cwd }));
    }
    expect({ kills, seed }).toEqual({ kills: expect.toSatisfy((n: number) => n >= 2), seed });
    expect({ seed, ...comparable(run) }).toEqual({ seed, ...expected });
  }, 240_000);
});

// Of all trainings, stopped in the second; and of fnn alone, stopped in the second epoch.
let killed: Awaited<ReturnType<typeof stoppedRun>>;
let killedFnn: Awaited<ReturnType<typeof stoppedRun>>;
beforeAll(async () => {
  killed = await stoppedRun(newRun, STEPS + 19);
  killedFnn = await stoppedRun(single('fnn'), STEPS / 2 + 8);
  expect([killed.code, killedFnn.code]).toEqual([null, null]);
}, 60_000);

function copyOf(stopped: typeof killed) {
  const cwd = emptyFolder();
  cpSync(stopped.run, join(cwd, 'run'), { recursive: true });
  const run = join(cwd, 'run');
  return { cwd, run, state: () => json(join(run, 'state.json')).state };
}

const expectFnn = (run: string) => expect(comparable(run, ['fnn-seed-5'])).toEqual(expectedOfSingle('fnn'));

describe('going on', () => {
  it('takes over the lock of the dead, trains no finished model again, cuts a torn line, marks the results', async () => {
    const { cwd, run } = copyOf(killed);
    writeFileSync(join(run, 'steps.jsonl'), `${readFileSync(join(run, 'steps.jsonl'), 'utf8')}{"type":"st`);
    const { code, err } = await start(cli, ['--resume', 'run'], { cwd }).ended;
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(err).toMatch(/taking over the lock of process \d+: it is dead/);
    expect(err).toMatch(/cnn with seed 5 is already trained/);
    expect(err).toMatch(/fnn with seed 5: resuming after step \d+ of 16/);
    const forecast = /Forecast[\s\S]*?(?=\ncnn with seed 5 is already trained)/.exec(err)![0];
    expect(forecast).not.toMatch(/cnn with seed 5/);
    expect(forecast).toMatch(
      /fnn with seed 5 +[01](\.\d+)? [\s\S]*cnn with seed 6 +2 [\s\S]*fnn with seed 6 +2 /,
    );
    expect(comparable(run)).toEqual(expected);
    const { resumed, models: trained, machine } = parseResults(json(join(run, 'results.json')));
    expect(resumed).toMatchObject({
      times: 1,
      bits: machine.commit?.endsWith('+') ? 'approximate' : 'equal',
    });
    for (const { trainSeconds, history } of trained) expect(history.at(-1)!.seconds).toBe(trainSeconds);
    expect(readdirSync(run).sort()).toEqual(
      'checkpoints cnn-seed-5.safetensors cnn-seed-6.safetensors fnn-seed-5.safetensors fnn-seed-6.safetensors report.html report.md results.json run.json state.json state.previous.json steps.jsonl'.split(
        ' ',
      ),
    );
    expect(readdirSync(join(run, 'checkpoints'))).toEqual([]);
  });

  it('looks at the views of the test images again when it was killed doing so', async () => {
    const cwd = emptyFolder();
    const env = { DIE_IN_VIEWS: '1' };
    const killed = await start(cli, [...single('cnn'), FAST, '--out', 'run'], { cwd, env }).ended;
    expect(killed).toMatchObject({
      code: null,
      err: expect.stringMatching(/cnn with seed 5: test-time augmentation/),
    });
    const { code, err } = await resume(cwd);
    expect({ code, err }).toMatchObject({
      code: 0,
      err: expect.stringMatching(
        /cnn with seed 5: resuming after step 16 of 16[\s\S]*cnn with seed 5: test-time augmentation/,
      ),
    });
    const cnn = comparable(join(cwd, 'run'), ['cnn-seed-5']);
    expect(cnn.models[0]!.views).toMatchObject({ count: 6 });
    expect(cnn).toEqual(expectedOfSingle('cnn'));
  });

  it('keeps two checkpoints and goes back to the one before when the newest is damaged', async () => {
    const { cwd, run, state } = copyOf(killedFnn);
    const [newest, before] = state().checkpoints;
    expect(readdirSync(join(run, 'checkpoints'))).toEqual(expect.arrayContaining([newest.file, before.file]));
    expect(newest.progress.step).toBe(before.progress.step + 1);
    const path = join(run, 'checkpoints', newest.file);
    const bytes = readFileSync(path);
    bytes[bytes.length - 3]! ^= 1;
    writeFileSync(path, bytes);
    const { code, err } = await resume(cwd);
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(err).toContain(`is damaged: using the previous one, step ${before.progress.step}`);
    expectFnn(run);
  });

  it('goes back to the state before when the newest is cut off', async () => {
    const { cwd, run } = copyOf(killedFnn);
    truncateSync(join(run, 'state.json'), 500);
    const { code, err } = await resume(cwd);
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(err).toMatch(/state\.json is damaged: using the previous one/);
    expectFnn(run);
  });

  it('starts a model again when both of its checkpoints are missing', async () => {
    const { cwd, run } = copyOf(killedFnn);
    rmSync(join(run, 'checkpoints'), { recursive: true });
    const { code, err } = await resume(cwd);
    expect({ code, err }).toMatchObject({ code: 0 });
    expect(err).toMatch(/is missing: fnn with seed 5 starts again from its first step/);
    expectFnn(run);
  });

  it('finds a run by its name in runs/, and writes the report of a finished one again', async () => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, 'runs'));
    cpSync(join(unbroken, 'run'), join(cwd, 'runs', 'done'), { recursive: true });
    rmSync(join(cwd, 'runs', 'done', 'report.html'));
    const before = readFileSync(join(cwd, 'runs', 'done', 'results.json'), 'utf8');
    const { code, err, out } = await start(cli, ['--resume', 'done'], { cwd }).ended;
    expect({ code, err }).toMatchObject({
      code: 0,
      err: expect.stringMatching(/done is finished; writing its report again/),
    });
    expect(err).not.toMatch(/simd/);
    expect(out).toMatch(/Accuracy on 20 Tinted images test images[\s\S]*Report: /);
    expect(existsSync(join(cwd, 'runs', 'done', 'report.html'))).toBe(true);
    expect(readFileSync(join(cwd, 'runs', 'done', 'results.json'), 'utf8')).toBe(before);
    expect(comparable(join(cwd, 'runs', 'done'))).toEqual(expected);
  });

  it.skipIf(process.platform === 'win32')(
    'SIGINT and SIGTERM save after the step and print the resume command',
    async () => {
      const folder = emptyFolder();
      const run = join(folder, 'run');
      let args = [...newRun, FAST, '--out', run, '--checkpoint-minutes', '0'];
      const stops = [
        ['SIGINT', 130, STEPS + 19],
        ['SIGTERM', 143, 2 * STEPS + 25],
      ] as const;
      for (const [signal, exitCode, count] of stops) {
        const { child, ended } = start(cli, args, { cwd: emptyFolder() });
        await until(count, child, run);
        child.kill(signal);
        const { code, err } = await ended;
        expect({ code, err }).toMatchObject({
          code: exitCode,
          err: expect.stringMatching(/saving after this step/),
        });
        const log = lines(run);
        expect(log.at(-1)).toMatchObject({ type: 'end', reason: 'interrupted' });
        const last = log.filter(({ type }) => type === 'step').at(-1);
        expect(json(join(run, 'state.json')).state.checkpoints[0].progress.step).toBe(last.step);
        expect(existsSync(join(run, 'run.lock'))).toBe(false);
        const command = /To resume: npx @tenfold\/bench (.+)\n/.exec(err)![1]!;
        args = [...command.split(' '), FAST];
      }
      expect(await start(cli, args, { cwd: emptyFolder() }).ended).toMatchObject({ code: 0 });
      expect(comparable(run).steps).toEqual(expected.steps);
      expect(comparable(run).parameters).toEqual(expected.parameters);
    },
  );
});

describe('a full disk', () => {
  it('costs the checkpoints, not the run; the exit code says so', async () => {
    const cwd = emptyFolder();
    const env = { FULL_DISK: 'checkpoints|state|fnn-seed-5.safetensors' };
    const { code, err, out } = await start(cli, [...single('fnn'), FAST, '--out', 'run'], { cwd, env }).ended;
    expect({ code, err }).toMatchObject({ code: 3 });
    expect(err).toMatch(/warning: the checkpoint of step 8 could not be written: the disk is full/);
    expect(err).toMatch(/results and report are complete/);
    expect(out).toMatch(/Report: /);
    const run = join(cwd, 'run');
    writeFileSync(
      join(run, 'fnn-seed-5.safetensors'),
      readFileSync(join(unbroken, 'run', 'fnn-seed-5.safetensors')),
    );
    expectFnn(run);
  });

  it('keeps what was trained when the results cannot be written', async () => {
    const cwd = emptyFolder();
    const env = { FULL_DISK: 'results' };
    const { code, err, out } = await start(cli, [...single('fnn'), FAST, '--out', 'run'], { cwd, env }).ended;
    expect({ code, err }).toMatchObject({ code: 3 });
    expect(err).toMatch(
      /results could not be written: the disk is full\. Free some space, .*--resume .*run\n/,
    );
    expect(out).toMatch(/Accuracy on 20 Tinted images test images/);
    const again = await resume(cwd);
    expect(again).toMatchObject({
      code: 0,
      err: expect.stringMatching(/fnn with seed 5 is already trained/),
    });
    expectFnn(join(cwd, 'run'));
  });
});

describe('one bench in a folder', () => {
  it('refuses the second, and the first continues', async () => {
    const cwd = emptyFolder();
    const run = join(cwd, 'run');
    const first = start(cli, [...single('fnn'), FAST, '--out', 'run'], { cwd });
    await until(2, first.child, run);
    first.child.kill('SIGSTOP');
    const second = await resume(cwd);
    expect(second.code).toBe(2);
    expect(second.err).toContain(
      `process ${first.child.pid} on ${os.hostname()} has been using ${run} since 20`,
    );
    first.child.kill('SIGCONT');
    expect((await first.ended).code).toBe(0);
    expectFnn(run);
  });

  it('refuses a run that another host may work on, unless it is forced', async () => {
    const { cwd, run } = copyOf(killedFnn);
    const lock = { ...json(join(run, 'run.lock')), host: 'elsewhere' };
    writeFileSync(join(run, 'run.lock'), JSON.stringify(lock));
    const refused = await resume(cwd);
    expect(refused).toMatchObject({
      code: 2,
      err: expect.stringMatching(/on elsewhere has been using .*add --force-unlock/),
    });
    const forced = await resume(cwd, '--force-unlock');
    expect(forced).toMatchObject({
      code: 0,
      err: expect.stringMatching(/taking over .*because of --force-unlock/),
    });
    expectFnn(run);
  });
});

describe('what cannot be resumed', () => {
  it.each([
    ['--seed 6', /--seed is 6, but the run has 5\. Leave out these options/],
    ['--held-out 10', /--held-out is 10, but the run has 0/],
    ['--seeds 3', /--seeds is 3, but the run has 2/],
    ['--backend cpu', /--backend is cpu, but the run has simd/],
    ['--threads 2', /--threads is 2, but the run has 1/],
    [
      '--models fnn,cnn --epochs 9',
      /--models is fnn,cnn, but .* cnn,fnn; --epochs is 9, but .* the profile's/,
    ],
    ['--set fnn.epochs=3', /--set changes recipes, and a run keeps the recipes that it began with/],
    ['--out other', /--out is the folder of a new run/],
  ])('%s', async (args, message) => {
    const cwd = emptyFolder();
    const { code, err } = await answer(['--resume', killed.run, ...args.split(' ')], { cwd });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(message) });
  });

  it('other data', async () => {
    const { code, err } = await start(cli, ['--resume', 'run'], { cwd: killed.cwd, env: { OTHER_DATA: '1' } })
      .ended;
    expect(code).toBe(2);
    expect(err).toMatch(
      /trained on different data: images of Tinted images has a different sha256; start a new run/,
    );
  });

  it('a run of another version, one that was changed, one that is damaged, and none', async () => {
    const { cwd, run } = copyOf(killed);
    const record = json(join(run, 'run.json'));
    const refused = async (content: string | undefined, message: RegExp) => {
      if (content === undefined) rmSync(join(run, 'run.json'));
      else writeFileSync(join(run, 'run.json'), content);
      const { code, err } = await answer(['--resume', run], { cwd });
      expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(message) });
    };
    await refused(
      JSON.stringify({ ...record, schemaVersion: 2 }),
      /schemaVersion 2, this version .* resumes runs of version 4; use the version/,
    );
    const changed = /run\.json was modified after the run began: .* does not match its sha256.*restore it/;
    await refused(JSON.stringify({ ...record, seeds: [6] }), changed);
    await refused(JSON.stringify({ ...record, recipes: [] }), changed);
    await refused('{', /is not JSON, so the run cannot be resumed/);
    await refused(undefined, /has no run to resume: there is no run\.json/);
    const none = await answer(['--resume', 'nowhere'], { cwd });
    expect(none).toMatchObject({
      code: 2,
      err: expect.stringMatching(/there is no .*nowhere and no run nowhere in .*runs/),
    });
    const forced = await answer(['--force-unlock'], { cwd });
    expect(forced).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--force-unlock needs --resume/),
    });
  });
});
