import { appendFileSync, mkdtempSync, readFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStepLog } from './step-log';

const newPath = () => join(mkdtempSync(join(tmpdir(), 'tenfold-log-')), 'steps.jsonl');
const steps = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line).step);

/** A log of three lines and the end of each. */
function threeSteps() {
  const path = newPath();
  const log = openStepLog(path);
  const ends = [1, 2, 3].map((step) => {
    log.line({ step });
    return log.sync();
  });
  log.close();
  return { path, ends };
}

it('writes a line with its time, and refuses to begin where a log is', () => {
  const { path, ends } = threeSteps();
  expect(steps(path)).toEqual([1, 2, 3]);
  expect(readFileSync(path).length).toBe(ends[2]);
  expect(JSON.parse(readFileSync(path, 'utf8').split('\n')[0]!).time).toMatch(/^\d{4}-.*Z$/);
  expect(() => openStepLog(path)).toThrow(/EEXIST/);
});

it('appends after the bytes that it is to keep', () => {
  const { path, ends } = threeSteps();
  const log = openStepLog(path, ends[1]);
  log.line({ step: 30 });
  log.close();
  expect(steps(path)).toEqual([1, 2, 30]);
});

it('cuts a torn line, also when the disk has less than was promised', () => {
  const { path, ends } = threeSteps();
  appendFileSync(path, '{"step":4');
  openStepLog(path, 10 * ends[2]!).close();
  expect(steps(path)).toEqual([1, 2, 3]);
  openStepLog(path, ends[2]! - 1).close();
  expect(steps(path)).toEqual([1, 2]);
  openStepLog(path, 0).close();
  expect(readFileSync(path, 'utf8')).toBe('');
});

it('finds the end of a line that is longer than what it reads at once', () => {
  const { path, ends } = threeSteps();
  appendFileSync(path, 'x'.repeat(10_000));
  openStepLog(path, ends[2]! + 10_000).close();
  expect(steps(path)).toEqual([1, 2, 3]);
});

it('leaves a line out when the disk is full, whole', () => {
  const path = newPath();
  let full = false;
  const log = openStepLog(path, undefined, (file, data, offset, length, position) => {
    if (!full) return writeSync(file, data, offset, length, position);
    if (offset > 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    return writeSync(file, data, offset, 5, position); // as a disk does that fills up in the middle
  });
  log.line({ step: 1 });
  full = true;
  log.line({ step: 2 });
  full = false;
  log.line({ step: 3 });
  log.close();
  log.line({ step: 4 });
  expect(steps(path)).toEqual([1, 3]);
  expect(log.lost).toBe(1);
});
