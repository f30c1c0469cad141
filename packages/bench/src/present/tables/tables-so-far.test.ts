import { expect, it } from 'vitest';
import { paper, paperFor } from '../../results/paper';
import { isComparedSoFar, type SoFar, tablesSoFar } from './tables-so-far';

const begun: SoFar = {
  model: 'fnn',
  label: 'fnn',
  epochs: 8,
  epoch: 0,
  testAccuracy: null,
  seconds: null,
  secondsLeft: null,
  flops: { forwardPerImage: 4e6, step: null, training: null },
};
const later: SoFar = {
  ...begun,
  epoch: 2,
  testAccuracy: 0.5,
  seconds: 30,
  secondsLeft: 90,
  flops: { forwardPerImage: 4e6, step: 5.1e9, training: 2e11 },
};
const findRow = (table: number, name: string, trainings: SoFar[]) =>
  tablesSoFar(trainings, paper)[table]!.rows.find(([first]) => first === name);

it("has the paper's figures before anything is known here", () => {
  expect(tablesSoFar([], paper).map(({ rows }) => rows.map(([name]) => name))).toEqual(
    Array(3).fill(['cnn', 'fnn', 'vit']),
  );
  expect(findRow(0, 'fnn', [begun])).toEqual(['fnn', '88.3 %', '–', '–', '0 of 8']);
  expect(findRow(1, 'fnn', [begun])).toEqual(['fnn', '6.2 h', '–', '–', '–']);
  expect(findRow(2, 'fnn', [begun])).toEqual(['fnn', '102.1', '4 MFLOP', '–', '–', '–']);
});

it('shows the progress of a training next to them', () => {
  expect(findRow(0, 'fnn', [later])).toEqual(['fnn', '88.3 %', '50.00 %', '−38.30 points', '2 of 8']);
  expect(findRow(1, 'fnn', [later])).toEqual(['fnn', '6.2 h', '30.0 s', '2 min 0 s', '1/186']);
  expect(findRow(2, 'fnn', [later])).toEqual(['fnn', '102.1', '4 MFLOP', '5.1 GFLOP', '200 GFLOP', '1/20']);
});

it('has a row for every seed, and for a model that the paper does not have', () => {
  const trainings = [later, { ...begun, label: 'fnn, seed 1' }, { ...later, model: 'rnn', label: 'rnn' }];
  const [accuracy] = tablesSoFar(trainings, paper);
  expect(accuracy!.rows.map(([name]) => name)).toEqual(['fnn', 'fnn, seed 1', 'rnn']);
  expect(accuracy!.rows.at(-1)).toEqual(['rnn', '–', '50.00 %', '–', '2 of 8']);
  for (const table of tablesSoFar(trainings, paper)) {
    for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
  }
});

it('has nothing of the paper on another dataset, or for models that the paper does not have', () => {
  const rnn = { ...later, model: 'rnn', label: 'rnn' };
  for (const [trainings, compared] of [
    [[later], paperFor('MNIST')],
    [[rnn], paper],
  ] as const) {
    expect(isComparedSoFar(trainings, compared)).toBe(false);
    const tables = tablesSoFar(trainings, compared);
    for (const table of tables) expect(JSON.stringify(table)).not.toMatch(/paper|Here|Difference/i);
    expect(tables.map(({ rows }) => rows[0]!.slice(1))).toEqual([
      ['50.00 %', '2 of 8'],
      ['30.0 s', '2 min 0 s'],
      ['4 MFLOP', '5.1 GFLOP', '200 GFLOP'],
    ]);
  }
  expect(isComparedSoFar([], paper)).toBe(true);
  expect(isComparedSoFar([later], paper)).toBe(true);
});
