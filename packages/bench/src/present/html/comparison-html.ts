import { escapeHtml } from '../../lib/escape-html';
import { groupSeeds, type ModelGroup } from '../../results/group-seeds';
import { curveTitle, learningCurves } from '../charts/learning-curves';
import { legend } from '../charts/legend';
import {
  differencesTable,
  modelNames,
  quantityTables,
  runsTable,
  timeToAccuracyTable,
} from '../tables/comparison-tables';
import { historyTable } from '../tables/index';
import type { ComparedRun } from '../tables/run-facts';
import { runLabels, runLetter } from '../tables/run-labels';
import { renderHtml } from '../tables/table';
import { pageHtml } from './page';

/** A comparison of runs as one self-contained HTML file. */
export async function comparisonHtml(runs: readonly ComparedRun[]): Promise<string> {
  const time = timeToAccuracyTable(runs);
  const tables = [...quantityTables(runs), ...(time ? [time] : [])];
  const labels = runLabels(runs).map((label, i) => `${runLetter(i)}: ${label}`);
  const names = await legend(labels);
  const curves: string[] = [];
  for (const name of modelNames(runs)) curves.push(await renderCurves(name, runs));
  const commands = runs.map(
    ({ results }, i) =>
      `<dt>${escapeHtml(labels[i]!)}</dt><dd><pre><code>${escapeHtml(results.command)}</code></pre></dd>`,
  );
  return pageHtml({
    title: `Comparison of ${runs.length} runs`,
    intro: renderHtml(runsTable(runs)),
    sections: [
      { id: 'differences', title: 'What differs', body: renderHtml(differencesTable(runs)) },
      {
        id: 'numbers',
        title: 'Numbers',
        body: `<p class="soft">In parentheses: compared with the first run that has the model.</p>\n${tables.map(renderHtml).join('\n')}`,
      },
      { id: 'curves', title: 'Learning curves', body: `${names}\n${curves.join('\n')}` },
      { id: 'commands', title: 'Commands', body: `<dl class="definitions">${commands.join('\n')}</dl>` },
    ],
    footer: 'Made by tenfold-bench compare from the results.json of each run.',
  });
}

/** The curves of one model in all runs, by epoch and by time, with a line for each seed. */
async function renderCurves(name: string, runs: readonly ComparedRun[]): Promise<string> {
  const groups: ModelGroup[] = runs.map(({ results }, i) => ({
    name: runLetter(i),
    runs: groupSeeds(results.models).find((group) => group.name === name)?.runs ?? [],
  }));
  const images = runs.every(({ results }) => results.heldOut > 0) ? 'Held-out' : 'Test';
  const figures: string[] = [];
  for (const x of ['epoch', 'seconds'] as const) {
    const options = { y: 'testAccuracy', x, images, prefix: `${name}-` } as const;
    const svg = await learningCurves(groups, options);
    if (svg) figures.push(`<figure><figcaption>${curveTitle(options)} (%)</figcaption>${svg}</figure>`);
  }
  const tables = groups.flatMap((group) =>
    group.runs.map((model) =>
      renderHtml(
        historyTable(model, `${group.name}${group.runs.length > 1 ? `, seed ${model.seed}` : ''}, ${name}`),
      ),
    ),
  );
  return `<h3>${escapeHtml(name)}</h3>
<div class="charts">${figures.join('\n')}</div>
<details><summary>The numbers of ${escapeHtml(name)}, epoch by epoch</summary>${tables.join('\n')}</details>`;
}
