import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { htmlErrors, outsideReferences } from '../../test/check-html';
import { fixtureModel, fixtureResults } from '../../test/fixture-results';
import type { Results } from '../results/results';
import { comparisonHtml } from './html/comparison-html';
import {
  comparisonTables,
  differencesTable,
  quantityTables,
  runsTable,
  timeToAccuracyTable,
} from './tables/comparison-tables';
import type { ComparedRun } from './tables/run-facts';
import { runLabels, runLetter } from './tables/run-labels';
import { comparisonMarkdown } from './text/comparison-markdown';

const run = (name: string, change: Partial<Results> = {}): ComparedRun => ({
  name,
  results: fixtureResults(change),
});
const { machine } = fixtureResults();
const fixtureRun = run('first');
const gpu = run('second', {
  backend: { name: 'webgpu', details: { adapter: 'Invented Accelerator' } },
  machine: { ...machine, node: 'v24.0.0' },
  models: [{ ...fixtureModel('cnn', 0.8, 1), trainSeconds: 25.36 }],
});
const table = (runs: ComparedRun[], title: string) =>
  comparisonTables(runs).find((fixtureRun) => fixtureRun.title === title)!;

describe('labels are made of what differs', () => {
  it.each<[string, ComparedRun[], string[]]>([
    ['the backend', [fixtureRun, gpu], ['simd', 'webgpu']],
    ['seeds', [fixtureRun, run('b', { seeds: [8] })], ['seed 7', 'seed 8']],
    [
      'a recipe',
      [
        fixtureRun,
        run('b', {
          models: fixtureRun.results.models.map((model) => ({
            ...model,
            recipe: { ...model.recipe, batchSize: 500 },
          })),
        }),
      ],
      ['cnn.batchSize 250', 'cnn.batchSize 500'],
    ],
    [
      'two things, when one does not tell all apart',
      [fixtureRun, gpu, run('c', { seeds: [8] })],
      ['simd, seed 7', 'webgpu, seed 7', 'simd, seed 8'],
    ],
    ['nothing', [fixtureRun, run('again')], ['first', 'again']],
  ])('%s', (_, runs, labels) => {
    expect(runLabels(runs)).toEqual(labels);
  });

  it('letters go on after Z', () => {
    expect([0, 25, 26, 27, 702].map(runLetter)).toEqual(['A', 'Z', 'AA', 'AB', 'AAA']);
  });
});

describe('the tables', () => {
  it('show what differs and nothing else', () => {
    expect(differencesTable([fixtureRun, gpu]).rows).toEqual([
      ['backend', 'simd', '≠\u00a0webgpu'],
      ['backend variant', 'relaxed', '≠\u00a0–'],
      ['backend adapter', '–', '≠\u00a0Invented Accelerator'],
      ['Node', 'v22.1.0', '≠\u00a0v24.0.0'],
    ]);
    expect(differencesTable([fixtureRun, run('again')]).rows).toEqual([]);
  });

  it('hold every run against the first that has the model', () => {
    const time = table([fixtureRun, gpu], 'Training time');
    expect(time.rows[0]).toEqual(['cnn', '4 min 14 s', '25.4 s (0.1×)']);
    expect(time.rows[1]).toEqual(['fnn', '8 min 27 s', '–']);
    const accuracy = table([fixtureRun, gpu], 'Accuracy after the last epoch');
    expect(accuracy.rows[0]![2]).toMatch(/^79\.\d\d % \(\+1\.96 points\)$/);
    expect(table([gpu, fixtureRun], 'Training time').rows[1]).toEqual(['fnn', '–', '8 min 27 s']);
  });

  it('leave out energy and views when no run has them', () => {
    const bare = run('bare', { models: [{ ...fixtureModel('cnn', 0.8, 1), views: null }] });
    const titles = quantityTables([bare, bare]).map(({ title }) => title);
    expect(titles).not.toContain('Energy');
    expect(titles).not.toContain('Accuracy with TTA');
  });

  it('say when the accuracies are of different images', () => {
    expect(runsTable([fixtureRun, gpu]).notes).toEqual([]);
    expect(runsTable([fixtureRun, run('held', { heldOut: 5000 })]).notes.join()).toMatch(
      /on different images/,
    );
  });

  it('time the runs to the accuracy that all of them reach', () => {
    const { rows } = timeToAccuracyTable([fixtureRun, gpu])!;
    expect(rows).toEqual([['cnn', '77.0 %', expect.any(String), expect.any(String)]]);
    expect(timeToAccuracyTable([gpu, run('fnn', { models: [fixtureModel('fnn', 0.6, 1)] })])).toBeUndefined();
  });

  it('say mean and deviation of runs with several seeds', () => {
    const models = [fixtureModel('cnn', 0.78, 1), { ...fixtureModel('cnn', 0.8, 1), seed: 8 }];
    const seeds = run('seeds', { seeds: [7, 8], models });
    expect(table([fixtureRun, seeds], 'Accuracy after the last epoch').rows[0]![2]).toMatch(/ ± 1\.39 % \(/);
    expect(timeToAccuracyTable([fixtureRun, seeds])!.notes.join()).toContain('first seed');
  });
});

describe('the page', () => {
  it.each<[string, ComparedRun[]]>([
    ['two runs', [fixtureRun, gpu]],
    ['twice the same', [fixtureRun, fixtureRun]],
    ['ten runs', Array.from({ length: 10 }, (_, i) => run(`run <${i}>`, { seeds: [i] }))],
    ['runs without a common model', [gpu, run('fnn', { models: [fixtureModel('fnn', 0.6, 1)] })]],
    [
      'a run whose losses diverged',
      [
        fixtureRun,
        run('b', {
          models: [{ ...fixtureModel('cnn', 0.5, 1), diverged: true, testAccuracy: null, history: [] }],
        }),
      ],
    ],
  ])('of %s is well-formed and needs no network', async (_, runs) => {
    const html = await comparisonHtml(runs);
    const { document } = parseHTML(html);
    expect(htmlErrors(html)).toEqual([]);
    expect(outsideReferences(html)).toEqual([]);
    expect([...document.querySelectorAll('h2')].map((heading) => heading.textContent)).toEqual([
      'What differs',
      'Numbers',
      'Learning curves',
      'Commands',
    ]);
    expect(document.querySelectorAll('.legend li').length).toBe(runs.length);
    const marks = [...document.querySelectorAll('td')].filter((cell) => cell.textContent!.startsWith('≠'));
    expect(document.querySelectorAll('.marked').length).toBe(marks.length);
    expect(document.body.textContent!).not.toMatch(/NaN|undefined|Infinity/);
    expect(comparisonMarkdown(runs)).toContain(`# Comparison of ${runs.length} runs`);
    expect(comparisonMarkdown(runs)).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('overlays the curves of each model by epoch and by time', async () => {
    const { document } = parseHTML(await comparisonHtml([fixtureRun, gpu]));
    const titles = [...document.querySelectorAll('figure svg > title')].map((title) => title.textContent);
    expect(titles.slice(0, 2)).toEqual(['Test accuracy over epochs', 'Test accuracy over training time']);
    expect(titles.length).toBe(6);
    expect(document.querySelector('figure svg desc')!.textContent).toMatch(/^A ends at .*; B ends at /);
  });
});
