import { describe, expect, it } from 'vitest';
import {
  accuracyTable,
  confusionTable,
  flopsTable,
  paperTables,
  recipeTable,
  summaryTable,
  timeTable,
} from './tables';
import { fixtureModel, fixtureResults } from './test/fixture-results';

const cnn = {
  ...fixtureModel('cnn', 0.9, 1),
  testAccuracy: 0.905,
  trainSeconds: 1620,
  batchSize: 100,
  epochs: 4,
};
cnn.flops = { forwardPerImage: 1e9, trainPerStep: 3e11, trainTotal: 6e14, toBest: 5e14 };
const rnn = fixtureModel('rnn', 0.6, 2);
const results = fixtureResults({ models: [cnn, rnn] });

describe("the paper's tables", () => {
  it('have a row for each of its models, then for ours that it lacks', () => {
    for (const table of paperTables(results)) {
      expect(table.rows.map(([name]) => name)).toEqual(['cnn', 'fnn', 'vit', 'rnn']);
      for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
    }
  });

  it('set accuracies beside each other', () => {
    const [first, second, third, fourth] = accuracyTable(results).rows;
    expect(first).toEqual(['cnn', '92.5 %', '90.50 %', '−2.00 points', '4']);
    expect(second).toEqual(['fnn', '88.3 %', '–', '–', '–']);
    expect(third![1]).toBe('93.7 %');
    expect(fourth!.slice(0, 2)).toEqual(['rnn', '–']);
  });

  it('set times beside each other', () => {
    expect(timeTable(results).rows[0]).toEqual(['cnn', '4.5 h', '27 min 0 s', '0.1×', expect.any(String)]);
  });

  it('set operations beside each other, per image, step and training', () => {
    const [first] = flopsTable(results).rows;
    expect(first).toEqual(['cnn', '58.4', '1 GFLOP', '300 GFLOP', '600 TFLOP', '5.14×']);
  });

  it('say when a network was narrowed, and do not when none was', () => {
    expect(accuracyTable(results).notes.join()).toMatch(/smaller networks .*cnn, rnn/);
    const full = fixtureResults({ models: [{ ...cnn, narrowed: null }] });
    expect(accuracyTable(full).notes).toEqual([]);
  });
});

it('a model that diverged says so', () => {
  const models = [{ ...cnn, diverged: true, testAccuracy: null, testLoss: null }];
  expect(accuracyTable(fixtureResults({ models })).rows[0]).toContain('diverged');
  expect(summaryTable(fixtureResults({ models })).rows[0]).toContain('diverged');
});

it('the summary says why energy was not measured, once', () => {
  const notes = summaryTable(results).notes.filter((note) => note.startsWith('Energy'));
  expect(notes).toEqual(['Energy: this machine has no counter that may be read.']);
});

it('a confusion matrix keeps labels in rows and predictions in columns', () => {
  const { columns, rows } = confusionTable(cnn, results.dataset.classNames);
  expect(columns[3]!.heading).toBe('bird');
  expect(rows[2]![0]).toBe('bird');
  expect(rows[2]![5]).toBe(String(cnn.confusionMatrix[2]![4]));
});

it('hyper-parameters stand side by side, nested ones by their path', () => {
  const { rows } = recipeTable(results);
  expect(rows).toContainEqual(['architecture.widths', '32, 64', '32, 64']);
  expect(rows).toContainEqual(['optimizer.groups.0.rule', 'sgd', 'sgd']);
});
