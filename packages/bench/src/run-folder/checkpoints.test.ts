import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fixtureModel } from '../../test/fixture-results';
import { type WriteFile, writeAtomically } from '../lib/files';
import { type CheckpointOptions, FolderGone, openCheckpoints } from './checkpoints';
import type { Progress } from './run-state';

const emptyFolder = () => mkdtempSync(join(tmpdir(), 'tenfold-checkpoints-'));
const cnn = { model: 'cnn', seed: 7 }; // as the fixture
const fnn = { model: 'fnn', seed: 7 };
const bytes = (step: number) => new Uint8Array(1000).fill(step);
const progress = (step: number, change: Partial<Progress> = {}): Progress => ({
  step,
  sums: {
    steps: step,
    examples: 10 * step,
    seconds: 0.1 * step,
    loss: 1 / 3,
    metrics: { accuracy: 0.1 + 0.2 },
  },
  history: [],
  outcome: null,
  trainSeconds: 0.1 * step,
  trained: 10 * step,
  peakMemoryBytes: 1e9,
  measured: {
    flops: 1e9 * step,
    joules: null,
    points: [{ step, loss: 1 / 3, learningRate: 0.1, gradientNorm: null }],
  },
  ...change,
});

/** A disk that is full when it is told to be. */
function disk() {
  const checkpoints = { full: (_: string) => false, said: [] as string[] };
  const write: WriteFile = (path, data) =>
    checkpoints.full(path)
      ? Promise.reject(Object.assign(new Error('no space left on device, write'), { code: 'ENOSPC' }))
      : writeAtomically(path, data);
  const options: CheckpointOptions = { write, warn: (message) => checkpoints.said.push(message) };
  return { one: checkpoints, options };
}
const reopen = (folder: string) => openCheckpoints(folder, { resume: true });

it('keeps two, gives back the newest with every digit, and forgets those of a finished model', async () => {
  const folder = emptyFolder();
  const first = await openCheckpoints(folder, { syncLog: () => 77 });
  expect([first.isEmpty, first.training, first.logBytes]).toEqual([true, undefined, 0]);
  const epoch = {
    epoch: 1,
    seconds: 1.5,
    trainLoss: 0.1 + 0.2,
    trainAccuracy: 1 / 3,
    learningRate: 1e-9,
    flops: 1e12,
    joules: null,
  };
  const history = [{ ...epoch, testLoss: Number.NaN, testAccuracy: 0.1 }];
  for (const step of [1, 2, 3]) await first.save(cnn, bytes(step), progress(step, { history }));
  expect(readdirSync(join(folder, 'checkpoints')).sort()).toEqual([
    'cnn-seed-7-step-2-epoch-1.safetensors',
    'cnn-seed-7-step-3-epoch-1.safetensors',
  ]);

  const second = await reopen(folder);
  expect([second.isEmpty, second.training, second.logBytes]).toEqual([
    false,
    expect.objectContaining(cnn),
    77,
  ]);
  expect(await second.load(fnn)).toBeUndefined();
  const found = (await second.load(cnn))!;
  expect([...found.bytes]).toEqual([...bytes(3)]);
  expect(found.progress).toEqual(progress(3, { history }));

  const result = fixtureModel('cnn', 0.7, 1);
  await second.finish({ ...result, testLoss: Number.NaN });
  expect(readdirSync(join(folder, 'checkpoints'))).toEqual([]);
  const third = await reopen(folder);
  expect(third.finished(cnn)).toEqual({ ...result, testLoss: null });
  expect(third.training).toBeUndefined();
});

it('does not count what is in the folder unless it is told to', async () => {
  const folder = emptyFolder();
  await (await openCheckpoints(folder)).save(cnn, bytes(1), progress(1));
  expect((await openCheckpoints(folder)).isEmpty).toBe(true);
});

it('is due when the minutes are over, and at once with none', async () => {
  let now = 0;
  const folder = emptyFolder();
  const checkpoints = await openCheckpoints(folder, { minutes: 2, now: () => now });
  const due = [0, 119_999, 120_000].map((time) => {
    now = time;
    return checkpoints.isDue();
  });
  expect(due).toEqual([false, false, true]);
  await checkpoints.save(cnn, bytes(1), progress(1));
  expect(checkpoints.isDue()).toBe(false);
  expect((await openCheckpoints(folder, { minutes: 0, now: () => now })).isDue()).toBe(true);
});

it.each(['safetensors', 'state.json', 'state.previous.json'])(
  'keeps the old ones when the disk is full at %s, says so, and continues when there is space',
  async (file) => {
    const folder = emptyFolder();
    const { one: checkpoints, options } = disk();
    const first = await openCheckpoints(folder, options);
    for (const step of [1, 2]) await first.save(cnn, bytes(step), progress(step));
    const before = readdirSync(join(folder, 'checkpoints'));
    checkpoints.full = (path) => path.endsWith(file);
    await first.save(cnn, bytes(3), progress(3));
    expect(checkpoints.said).toEqual([
      'warning: the checkpoint of step 3 could not be written: the disk is full; the run continues, with the checkpoint of step 2',
    ]);
    expect(first.failed).toBe(true);
    expect(readdirSync(join(folder, 'checkpoints'))).toEqual(before);
    expect((await (await reopen(folder)).load(cnn))!.progress).toEqual(progress(2));

    checkpoints.full = () => false;
    await first.save(cnn, bytes(4), progress(4));
    expect((await (await reopen(folder)).load(cnn))!.progress.step).toBe(4);
    expect(readdirSync(join(folder, 'checkpoints'))).toHaveLength(2);
  },
);

it('keeps what a resume would need until the result of a model is on the disk', async () => {
  const folder = emptyFolder();
  const { one: checkpoints, options } = disk();
  const first = await openCheckpoints(folder, options);
  await first.save(cnn, bytes(1), progress(1));
  checkpoints.full = () => true;
  await first.saveModel(cnn, bytes(1));
  await first.finish(fixtureModel('cnn', 0.7, 1));
  await first.save(fnn, bytes(1), progress(1));
  expect(checkpoints.said).toHaveLength(3);
  expect(first.finished(cnn)).toBeDefined(); // this process continues
  const again = await reopen(folder);
  expect(again.finished(cnn)).toBeUndefined();
  expect((await again.load(cnn))!.progress.step).toBe(1);

  checkpoints.full = () => false;
  await first.save(fnn, bytes(2), progress(2));
  const later = await reopen(folder);
  expect(later.finished(cnn)).toBeDefined();
  expect((await later.load(fnn))!.progress.step).toBe(2);
});

it('says which file is damaged and takes the one before, then none', async () => {
  const folder = emptyFolder();
  const first = await openCheckpoints(folder);
  for (const step of [1, 2]) await first.save(cnn, bytes(step), progress(step));
  const said: string[] = [];
  const open = () => openCheckpoints(folder, { resume: true, warn: (message) => said.push(message) });
  writeFileSync(join(folder, 'checkpoints', 'cnn-seed-7-step-2-epoch-0.safetensors'), bytes(9));
  expect((await (await open()).load(cnn))!.progress.step).toBe(1);
  expect(said.splice(0)).toEqual([
    expect.stringMatching(
      /cnn-seed-7-step-2-epoch-0\.safetensors is damaged: using the previous one, step 1/,
    ),
  ]);
  writeFileSync(join(folder, 'checkpoints', 'cnn-seed-7-step-1-epoch-0.safetensors'), '');
  expect(await (await open()).load(cnn)).toBeUndefined();
  expect(said[1]).toMatch(
    /step-1-epoch-0\.safetensors is damaged: cnn with seed 7 starts again from its first step/,
  );
});

it('takes the newer checkpoint when the older one is missing, and says so', async () => {
  const folder = emptyFolder();
  const first = await openCheckpoints(folder);
  for (const step of [1, 2]) await first.save(cnn, bytes(step), progress(step));
  rmSync(join(folder, 'checkpoints', 'cnn-seed-7-step-1-epoch-0.safetensors'));
  const said: string[] = [];
  const again = await openCheckpoints(folder, { resume: true, warn: (message) => said.push(message) });
  expect((await again.load(cnn))!.progress.step).toBe(2);
  expect(said).toEqual([
    expect.stringMatching(/step-1-epoch-0\.safetensors is missing: using the newer one, step 2/),
  ]);
});

it('notices a digit of the state that was changed', async () => {
  const folder = emptyFolder();
  const first = await openCheckpoints(folder);
  for (const step of [1, 2]) await first.save(cnn, bytes(step), progress(step));
  const path = join(folder, 'state.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"trained": 20', '"trained": 21'));
  const said: string[] = [];
  const again = await openCheckpoints(folder, { resume: true, warn: (message) => said.push(message) });
  expect(said).toEqual([expect.stringMatching(/state\.json is damaged: using the previous one/)]);
  expect((await again.load(cnn))!.progress.step).toBe(1);
});

it('lets a mistake in the program through', async () => {
  const write = () => Promise.reject(new TypeError('not a string'));
  const checkpoints = await openCheckpoints(emptyFolder(), { write });
  await expect(checkpoints.save(cnn, bytes(1), progress(1))).rejects.toThrow(TypeError);
});

it('keeps the highest peak that was seen, over breaks too', async () => {
  const folder = emptyFolder();
  const peak = (gflopsPerSecond: number) => ({ gflopsPerSecond, method: `loop ${gflopsPerSecond}` });
  const first = await openCheckpoints(folder);
  expect(first.peak).toBeNull();
  first.keepPeak(peak(300));
  first.keepPeak(peak(40));
  await first.finish(fixtureModel('cnn', 0.4, 1));
  const again = await reopen(folder);
  expect(again.peak).toEqual(peak(300));
  again.keepPeak(peak(310));
  expect(again.peak).toEqual(peak(310));
});

it('stops at once when its folder is gone, and makes no new one', async () => {
  const folder = emptyFolder();
  let gone = false;
  const checkpoints = await openCheckpoints(folder, { minutes: 60, isGone: () => gone });
  await checkpoints.save(cnn, bytes(1), progress(1));
  expect(checkpoints.isDue()).toBe(false);
  gone = true;
  rmSync(folder, { recursive: true });
  expect(checkpoints.isDue()).toBe(true);
  for (const step of [1, 2]) {
    await expect(checkpoints.save(cnn, bytes(step), progress(step))).rejects.toThrow(FolderGone);
  }
  await expect(checkpoints.saveModel(cnn, bytes(2))).rejects.toThrow(/was moved or deleted during/);
  await expect(checkpoints.finish(fixtureModel('cnn', 0.5, 1))).rejects.toThrow(FolderGone);
  expect(existsSync(folder)).toBe(false);
});
