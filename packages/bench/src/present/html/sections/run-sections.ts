import { escapeHtml } from '../../../lib/escape-html';
import { groupSeeds } from '../../../results/group-seeds';
import type { Results } from '../../../results/results';
import { recipeTable } from '../../tables/index';
import { renderHtml } from '../../tables/table';
import { definitions, runTable } from '../../text/content';

/** The networks in words and every hyperparameter. */
export function recipesSection(results: Results): string {
  const items = groupSeeds(results.models).map(({ name, runs }) => {
    const notes = runs.flatMap(({ notes, seed }) =>
      notes.map((note) => (runs.length > 1 ? `Seed ${seed}: ${note}` : note)),
    );
    const text = [runs[0]!.architecture, ...notes].map((sentence) => escapeHtml(sentence)).join('. ');
    return `<dt>${escapeHtml(name)}</dt><dd>${text}</dd>`;
  });
  return `<dl class="definitions">${items.join('\n')}</dl>
<details><summary>Every hyperparameter</summary>${renderHtml(recipeTable(results))}</details>`;
}

/** The definitions of all numbers. */
export function definitionsSection(results: Results): string {
  const items = definitions(results).map(([name, text]) => `<dt>${name}</dt><dd>${escapeHtml(text)}</dd>`);
  return `<dl class="definitions">${items.join('\n')}</dl>`;
}

/** Machine, versions, seeds, and the command that repeats the run. */
export function runSection(results: Results): string {
  const digests = Object.entries(results.dataset.sha256).map(([name, digest]) => `${name} ${digest}`);
  return `${renderHtml(runTable(results))}
<p>To repeat the run:</p>
<pre><code>${escapeHtml(results.command)}</code></pre>
<details><summary>sha256 of the data</summary><pre><code>${escapeHtml(digests.join('\n'))}</code></pre></details>`;
}
