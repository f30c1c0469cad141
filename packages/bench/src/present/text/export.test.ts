import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fixtureResults } from '../../../test/fixture-results';
import { csvLine } from '../../lib/csv';
import { epochsCsv, epochsCsvHeader, epochsCsvOfLog } from './epochs-csv';
import { readLog } from './read-log';
import { stepsCsv, stepsCsvHeader } from './steps-csv';

/** Reads RFC 4180, written against its text and not against our writer. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (let at = 0; at < text.length; ) {
    let cell = '';
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (text[at] === '"') at++;
        cell += text[at];
      }
      at++;
    } else for (; at < text.length && text[at] !== ',' && text[at] !== '\r'; at++) cell += text[at];
    rows.at(-1)!.push(cell);
    if (text[at] === ',') at++;
    else {
      expect(text.slice(at, at + 2)).toBe('\r\n');
      at += 2;
      rows.push([]);
    }
  }
  rows.pop();
  return rows;
}

const collect = async (lines: AsyncIterable<string>): Promise<string> => {
  let text = '';
  for await (const line of lines) text += line;
  return text;
};

function writeLog(lines: (object | string)[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'tenfold-export-')), 'steps.jsonl');
  writeFileSync(
    path,
    lines.map((line) => (typeof line === 'string' ? line : `${JSON.stringify(line)}\n`)).join(''),
  );
  return path;
}

const step = (change: object) => ({ type: 'step', model: 'cnn', epoch: 1, loss: 0.1 + 0.2, ...change });

it('a line of CSV is read as it was', () => {
  const cells = ['plain', 'a, b', 'say "so"', 'two\r\nlines', '', ' spaces '];
  expect(parseCsv(csvLine(cells))).toEqual([cells]);
  expect(csvLine([1e-7, 0.1 + 0.2, null, undefined, Number.NaN])).toBe('1e-7,0.30000000000000004,,,\r\n');
});

it('the steps of a log come back with every digit', async () => {
  const path = writeLog([
    { type: 'run', seed: 7, profile: 'quick', dataset: 'mnist' },
    { type: 'modelStart', model: 'cnn', totalSteps: 3 },
    step({
      step: 1,
      accuracy: 0.5,
      learningRate: 1e-7,
      imagesPerSecond: 1234.5678,
      time: '2026-01-02T03:04:05.678Z',
    }),
    step({ step: 2, loss: null, gradientNorm: 3.25 }),
    { type: 'epoch', model: 'cnn', epoch: 1, trainLoss: 1.5, testAccuracy: 0.5, seconds: 12 },
    step({ step: 3, seed: 8 }),
  ]);
  const [header, ...rows] = parseCsv(
    stepsCsvHeader +
      (await collect(
        stepsCsv(
          'a, "b"',
          readLog(path, () => {}),
        ),
      )),
  );
  const records = rows.map((row) => Object.fromEntries(header!.map((name, i) => [name, row[i]])));
  expect(rows.every((row) => row.length === header!.length)).toBe(true);
  expect(records).toMatchObject([
    { run: 'a, "b"', dataset: 'mnist', model: 'cnn', seed: '7', step: '1', epoch: '1', accuracy: '0.5' },
    { step: '2', loss: '', gradientNorm: '3.25', learningRate: '' },
    { step: '3', dataset: 'mnist', seed: '8' },
  ]);
  expect(Number(records[0]!.loss)).toBe(0.1 + 0.2);
  expect(Number(records[0]!.imagesPerSecond)).toBe(1234.5678);
});

it('a torn last line is left out and reported', async () => {
  const path = writeLog([{ type: 'run', seed: 7 }, step({ step: 1 }), '{"type":"step","model":"cn']);
  const said: string[] = [];
  const rows = parseCsv(
    await collect(
      stepsCsv(
        'run',
        readLog(path, (message) => said.push(message)),
      ),
    ),
  );
  expect(rows).toHaveLength(1);
  expect(said).toEqual([`${path}: one line could not be read`]);
});

it('epochs come from the results, or from the log of a run that is not finished', async () => {
  const results = fixtureResults();
  const [header, ...rows] = parseCsv(epochsCsvHeader + [...epochsCsv('run', results)].join(''));
  expect(header!.slice(0, 5)).toEqual(['run', 'dataset', 'model', 'seed', 'epoch']);
  expect(rows).toHaveLength(24);
  expect(rows.every(([, dataset]) => dataset === results.dataset.id)).toBe(true);
  expect(Number(rows[3]![header!.indexOf('testAccuracy')])).toBe(results.models[0]!.history[3]!.testAccuracy);
  expect(rows[0]![header!.indexOf('joules')]).toBe('');

  const path = writeLog([
    { type: 'run', seed: 7, dataset: 'cifar10' },
    { type: 'epoch', model: 'cnn', epoch: 1, trainLoss: 1.5, testAccuracy: 0.5, seconds: 12 },
  ]);
  const [unfinished] = parseCsv(
    await collect(
      epochsCsvOfLog(
        'run',
        readLog(path, () => {}),
      ),
    ),
  );
  expect(unfinished).toEqual(['run', 'cifar10', 'cnn', '7', '1', '12', '1.5', '', '', '0.5', '', '', '']);
});
