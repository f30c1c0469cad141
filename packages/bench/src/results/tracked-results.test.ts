import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { htmlErrors, outsideReferences } from '../../test/check-html';
import { architectureText } from '../models/architecture-text';
import type { Profile } from '../models/model-definition';
import type { ModelName } from '../models/models';
import { profiles } from '../models/profiles';
import { recipeSchema } from '../models/recipe';
import { curvesSvg } from '../present/charts/curves-svg';
import { reportHtml } from '../present/html/report-html';
import * as tables from '../present/tables/index';
import { renderCsv, renderHtml, renderMarkdown, renderText } from '../present/tables/table';
import { epochsCsv } from '../present/text/epochs-csv';
import { reportMarkdown } from '../present/text/report-markdown';
import { groupSeeds } from './group-seeds';
import { parseResults } from './results';
import { summarizeResults } from './summary';

const folder = new URL('../../results/', import.meta.url);
const runs = readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);
const locate = (run: string, file: string) => new URL(`${run}/${file}`, folder);
const readRun = (run: string) => JSON.parse(readFileSync(locate(run, 'results.json'), 'utf8'));

it('has runs', () => {
  expect(runs.length).toBeGreaterThan(0);
});

describe.each(runs)('results/%s', (run) => {
  const results = parseResults(readRun(run));

  it('is a summary that the schema takes as it is', () => {
    const { dataset, ...rest } = readRun(run);
    const { dataset: parsed, ...others } = results;
    expect(others).toEqual(rest);
    expect(parsed).toMatchObject(dataset); // the schema adds the dataset's id
    expect(summarizeResults(results)).toEqual(results);
    expect(statSync(locate(run, 'results.json')).size).toBeLessThan(100_000);
    expect(readdirSync(new URL(run, folder)).sort()).toEqual(['accuracy.svg', 'report.md', 'results.json']);
  });

  it('is of a current recipe', () => {
    for (const { name, recipe, architecture } of results.models) {
      const current = profiles[results.profile as Profile][name as ModelName]!;
      // How a value was tuned is prose.
      expect({ ...recipeSchema.parse(recipe), tuning: '' }).toEqual({ ...current, tuning: '' });
      expect(architecture).toContain(`(${architectureText(current.architecture)})`);
    }
  });

  it('has its report and its chart as the bench writes them today (vitest -u writes them)', async () => {
    await expect(reportMarkdown(results)).toMatchFileSnapshot(locate(run, 'report.md').pathname);
    const chart = await curvesSvg([{ name: run, results }], 'seconds');
    await expect(chart).toMatchFileSnapshot(locate(run, 'accuracy.svg').pathname);
  });

  it('renders as HTML, in every table format and as CSV', async () => {
    const html = await reportHtml(results);
    expect(htmlErrors(html)).toEqual([]);
    expect(outsideReferences(html)).toEqual([]);
    const all = [
      ...tables.paperTables(results),
      tables.summaryTable(results),
      tables.costTable(results),
      tables.forecastTable(results),
      tables.inferenceTable(results),
      tables.perClassTable(results),
      tables.calibrationTable(results),
      tables.recipeTable(results),
      ...groupSeeds(results.models).map((group) => tables.confusionTable(group, results.dataset.classNames)),
      ...results.models.flatMap((model) => [
        tables.historyTable(model),
        tables.stepsTable(model),
        tables.calibrationBinsTable(model.calibration!, model.name),
      ]),
    ];
    for (const table of all) {
      expect(table).toBeDefined();
      for (const render of [renderText, renderMarkdown, renderHtml, renderCsv]) {
        expect(render(table!)).not.toMatch(/NaN|undefined|Infinity|null/);
      }
    }
    const epochs = results.models.reduce((sum, { history }) => sum + history.length, 0);
    expect([...epochsCsv(run, results)]).toHaveLength(epochs);
  });
});

it('the chart of the README has every run', async () => {
  const named = ['hour-cnn', 'hour-rnn', 'hour-vit', 'hour-vit-hybrid', 'hour-fnn'];
  expect([...named].sort()).toEqual([...runs].sort());
  const chart = await curvesSvg(
    named.map((name) => ({ name, results: parseResults(readRun(name)) })),
    'seconds',
  );
  await expect(chart).toMatchFileSnapshot(new URL('accuracy.svg', folder).pathname);
});
