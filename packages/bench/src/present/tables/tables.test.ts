import { describe, expect, it } from 'vitest';
import { fixtureDigits, fixtureModel, fixtureResults } from '../../../test/fixture-results';
import { groupSeeds } from '../../results/group-seeds';
import {
  accuracyTable,
  calibrationTable,
  confusionTable,
  costTable,
  flopsTable,
  forecastTable,
  inferenceTable,
  isInPaper,
  paperTables,
  perClassTable,
  recipeTable,
  stepsTable,
  summaryTable,
  timeTable,
} from './index';
import { renderCsv, renderHtml, renderMarkdown, renderText, type Table } from './table';

const headings = ({ columns }: Table) => columns.map(({ heading }) => heading);
const cnn = {
  ...fixtureModel('cnn', 0.9, 1),
  testAccuracy: 0.905,
  trainSeconds: 1620,
  batchSize: 100,
  epochs: 4,
  narrowed: null,
};
cnn.flops = { forwardPerImage: 1e9, trainPerStep: 3e11, trainTotal: 6e14, toBest: 5e14 };
const rnn = fixtureModel('rnn', 0.6, 2);
const results = fixtureResults({ models: [cnn, rnn] });

describe("the paper's tables", () => {
  it('have a row for each model that was trained, those that the paper has first', () => {
    for (const table of paperTables(results)) {
      expect(table.rows.map(([name]) => name)).toEqual(['cnn', 'rnn']);
      for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
    }
  });

  it('compare accuracies', () => {
    const [first, second] = accuracyTable(results).rows;
    expect(first).toEqual(['cnn', '92.5 %', '90.50 %', '89.80 %', '−2.00 points', '0.978×', '0 of 1', '4']);
    expect(second!.slice(0, 2)).toEqual(['rnn', '–']);
  });

  it('do not compare a smaller network in a few epochs with the paper', () => {
    const narrowed = fixtureResults({ models: [{ ...cnn, narrowed: 'half as wide' }] });
    expect(headings(accuracyTable(narrowed))).toEqual(['Model', 'Paper', 'Here', 'With TTA', 'Epochs']);
    expect(accuracyTable(narrowed).rows).toEqual([['cnn', '92.5 %', '90.50 %', '89.80 %', '4']]);
    expect(accuracyTable(narrowed).notes.join()).toContain('so they are not compared with the paper');
  });

  it('fit a terminal of 80 columns', () => {
    for (const table of paperTables(results)) {
      for (const line of renderText(table).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it('compare times', () => {
    expect(timeTable(results).rows[0]).toEqual(['cnn', '4.5 h', '27 min 0 s', '0.1×', expect.any(String)]);
  });

  it('compare operations, per image, step and training', () => {
    const [first] = flopsTable(results).rows;
    expect(first).toEqual(['cnn', '58.4', '1 GFLOP', '300 GFLOP', '600 TFLOP', '1/58.4', '5.14×', '10,274×']);
  });

  it('say when a network was narrowed, and do not when none was', () => {
    expect(accuracyTable(results).notes.join()).toMatch(/smaller networks .*rnn/);
    const full = fixtureResults({ models: [{ ...cnn, narrowed: null, views: null }] });
    expect(accuracyTable(full).notes).toEqual([]);
  });
});

describe.each([
  ['on a dataset that the paper does not have', fixtureDigits({ models: [cnn, rnn] })],
  ['of models that the paper does not have', fixtureResults({ models: [rnn] })],
])('%s', (_, value) => {
  it('tables have no column and no note of the paper, and no column of dashes', () => {
    for (const table of paperTables(value)) {
      for (const render of [renderText, renderMarkdown, renderHtml, renderCsv]) {
        expect(render(table)).not.toMatch(/paper|Here|Difference/i);
      }
      for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
      expect(table.rows.flat()).not.toContain('–');
    }
    expect(isInPaper(value)).toBe(false);
    expect(isInPaper(results)).toBe(true);
  });

  it('tables have all that is known here', () => {
    const [accuracy, time, flops] = paperTables(value).map(headings);
    expect(accuracy).toEqual(['Model', 'Accuracy', 'With TTA', 'Epochs']);
    expect(time).toEqual(['Model', 'Time', 'Images/s']);
    expect(flops).toEqual(['Model', 'Image', 'Step', 'Training']);
  });
});

it('a model that diverged says so', () => {
  const models = [{ ...cnn, diverged: true, testAccuracy: null, testLoss: null }];
  expect(accuracyTable(fixtureResults({ models })).rows[0]).toContain('diverged');
  expect(summaryTable(fixtureResults({ models })).rows[0]).toContain('diverged');
});

describe('of several seeds', () => {
  const [a, b] = [
    { ...cnn, testAccuracy: 0.924, trainSeconds: 1600 },
    { ...cnn, seed: 8, testAccuracy: 0.926, trainSeconds: 1640 },
  ];
  const twice = fixtureResults({ seeds: [7, 8], models: [a, b] });

  it('say mean and deviation, and how many reach the paper', () => {
    const [row] = accuracyTable(twice).rows;
    expect([row![2], row![6]]).toEqual(['92.50 ± 0.14 %', '1 of 2']);
    expect(accuracyTable(twice).notes).toContain('Mean ± standard deviation (n − 1) over 2 seeds.');
    expect(timeTable(twice).rows[0]![2]).toBe('27 min 0 s ± 28.3 s');
    expect(summaryTable(twice).rows).toHaveLength(1);
  });

  it('leave out what diverged and say so', () => {
    const models = [a, { ...b, diverged: true, testAccuracy: null }];
    expect(accuracyTable({ ...twice, models }).rows[0]![2]).toBe('92.40 % (1 of 2 diverged)');
  });

  it('add their confusion matrices and average their classes', () => {
    const [group] = groupSeeds(twice.models);
    const { rows, notes } = confusionTable(group!, twice.dataset.classNames);
    expect(rows[0]![1]).toBe('1,400');
    expect(notes).toEqual(['Sum over 2 seeds.']);
    expect(perClassTable(twice).columns).toHaveLength(2);
  });
});

it('figures of held-out training images are not called test accuracy', () => {
  const held = fixtureResults({ heldOut: 5000 });
  expect(accuracyTable(held).title).toBe('Accuracy on 5,000 held-out CIFAR-10 training images');
  expect(accuracyTable(held).notes.join()).toMatch(
    /Ours are measured on 5,000 held-out training images, not on the test set/,
  );
  expect(summaryTable(held).columns[1]!.heading).toBe('Held-out accuracy');
});

it('without test-time augmentation there is no column for it', () => {
  const models = results.models.map((model) => ({ ...model, views: null }));
  expect(headings(accuracyTable(results))).toContain('With TTA');
  expect(headings(accuracyTable({ ...results, models }))).not.toContain('With TTA');
  expect(headings(summaryTable({ ...results, models }))).not.toContain('With TTA');
});

describe('what training took', () => {
  it('says why energy was not measured, once', () => {
    const notes = costTable(results).notes.filter((note) => note.startsWith('Energy'));
    expect(notes).toEqual(['Energy was not measured: this machine has no counter that may be read.']);
  });

  it('shows energy and how it was measured', () => {
    const models = [{ ...cnn, energyJoules: 5400, energyReason: 'RAPL, package-0' }];
    const { rows, notes } = costTable({ ...results, models });
    expect(rows[0]!.at(-1)).toBe('5.4 kJ');
    expect(notes).toContain('Energy: RAPL, package-0.');
  });

  it('holds the speed against the measured peak, where there is one', () => {
    expect(costTable(results).rows[0]![4]).toBe('30.0 %');
    expect(costTable(results).notes[0]).toMatch(/130 GFLOP\/s, products of matrices/);
    expect(costTable({ ...results, peak: null }).notes[0]).toMatch(/was not measured/);
  });
});

it('forecast, inference and calibration are there when they were measured', () => {
  expect(forecastTable(results)!.rows[0]!.at(-1)).toBe(
    `${Number((1620 / cnn.forecastSeconds!).toPrecision(3))}×`,
  );
  expect(inferenceTable(results)!.rows.map((row) => row.slice(0, 2))).toEqual([
    ['cnn', '1'],
    ['cnn', '32'],
    ['cnn', '256'],
    ['rnn', '1'],
    ['rnn', '32'],
    ['rnn', '256'],
  ]);
  expect(calibrationTable(results)!.rows[0]).toEqual([
    'cnn',
    '4.00 %',
    expect.stringMatching(/^overconfident by [\d.]+ points$/),
  ]);
  const bare = [{ ...cnn, forecastSeconds: null, inference: [], calibration: null }];
  const without = { ...results, models: bare };
  expect([forecastTable(without), inferenceTable(without), calibrationTable(without)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it('steps are thinned, the last one kept', () => {
  const { rows } = stepsTable(cnn);
  expect(rows).toHaveLength(20);
  expect(rows.at(-1)![0]).toBe('1,600');
});

it('a confusion matrix keeps labels in rows and predictions in columns', () => {
  const { columns, rows } = confusionTable(groupSeeds([cnn])[0]!, results.dataset.classNames);
  expect(columns[3]!.heading).toBe('bird');
  expect(rows[2]![0]).toBe('bird');
  expect(rows[2]![5]).toBe(String(cnn.confusionMatrix[2]![4]));
});

it('hyperparameters have a column per model, nested ones by their path', () => {
  const { rows } = recipeTable(results);
  expect(rows).toContainEqual(['architecture.widths', '32, 64', '32, 64']);
  expect(rows).toContainEqual(['optimizer.groups.0.rule', 'sgd', 'sgd']);
});
