import { count, percent, rate, seconds } from '../format';
import type { ModelResult, Results } from '../results';
import { renderHtml } from '../table';
import {
  confusionTable,
  historyTable,
  paperTables,
  perClassTable,
  recipeTable,
  summaryTable,
} from '../tables';
import { type ChartOptions, learningCurves } from './chart';
import { definitions, headline, mistakeText, runTable, warnings } from './content';
import { escapeHtml } from './escape-html';
import { pictureUri } from './picture';
import { styles } from './styles';

const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

const sections: { id: string; title: string; body: (results: Results) => string | Promise<string> }[] = [
  { id: 'results', title: 'Results', body: resultsSection },
  { id: 'paper', title: 'Beside the paper', body: paperSection },
  { id: 'curves', title: 'Learning curves', body: curvesSection },
  { id: 'classes', title: 'Classes', body: classesSection },
  { id: 'mistakes', title: 'Mistakes', body: mistakesSection },
  { id: 'recipes', title: 'Recipes', body: recipesSection },
  { id: 'definitions', title: 'What the numbers mean', body: definitionsSection },
  { id: 'run', title: 'Run', body: runSection },
];

/** The report as one HTML file that needs nothing else: no network, no script, pictures and charts inside. */
export async function reportHtml(results: Results): Promise<string> {
  const bodies: string[] = [];
  for (const { id, title, body } of sections) {
    bodies.push(`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${title}</h2>
${await body(results)}
</section>`);
  }
  const models = results.models.map(({ name }) => name).join(', ');
  const title = `${results.dataset.name}: ${models}`;
  const list = warnings(results).map((text) => `<li>${escapeHtml(text)}</li>`);
  const links = sections.map((section) => `<a href="#${section.id}">${section.title}</a>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="@tenfold/bench">
<title>${escapeHtml(title)}</title>
<style>${styles}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="lead">${escapeHtml(headline(results))}</p>
${facts(results)}
<div class="warnings"><ul>${list.join('\n')}</ul></div>
<nav aria-label="Sections">${links.join('\n')}</nav>
</header>
<main>
${bodies.join('\n')}
</main>
<footer class="soft">Made by tenfold-bench from results.json of the same folder.</footer>
</body>
</html>
`;
}

function facts({ createdAt, backend, machine, profile, seeds }: Results): string {
  const threads = machine.threads > 1 ? `, ${machine.threads} threads` : '';
  const pairs = [
    ['Date', createdAt.slice(0, 10)],
    ['Profile', profile],
    ['Backend', backend.name + threads],
    ['Processor', machine.cpu],
    [seeds.length === 1 ? 'Seed' : 'Seeds', seeds.join(', ')],
  ];
  const items = pairs.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value!)}</dd></div>`);
  return `<dl class="facts">${items.join('')}</dl>`;
}

function resultsSection(results: Results): string {
  const cards = results.models.map((model, i) => {
    const { name, testAccuracy, diverged, trainSeconds, imagesPerSecond, epochs } = model;
    const value = diverged ? 'diverged' : percent(testAccuracy);
    return `<article class="card" style="--model:${modelColor(i)}">
<h3>${escapeHtml(name)}</h3>
<p class="value">${value}</p>
<p class="soft">${seconds(trainSeconds)} of training, ${count(epochs)} epochs<br>${rate(imagesPerSecond)} images/s</p>
</article>`;
  });
  return `<div class="cards">${cards.join('\n')}</div>\n${renderHtml(summaryTable(results))}`;
}

function paperSection(results: Results): string {
  const { title, year, leavesOpen } = results.paper;
  const open = leavesOpen.map((text) => `<li>${escapeHtml(text)}</li>`).join('\n');
  return `<p>The paper: <cite>${escapeHtml(title)}</cite>, ${year}.</p>
${paperTables(results).map(renderHtml).join('\n')}
<h3>What the paper leaves open</h3>
<ul>${open}</ul>`;
}

async function curvesSection({ models }: Results): Promise<string> {
  const charts: (ChartOptions & { caption: string })[] = [
    { y: 'testAccuracy', x: 'epoch', caption: 'Test accuracy (%) over epochs' },
    { y: 'testAccuracy', x: 'seconds', caption: 'Test accuracy (%) over training time' },
    { y: 'testLoss', x: 'epoch', caption: 'Test loss over epochs' },
    { y: 'testLoss', x: 'seconds', caption: 'Test loss over training time' },
  ];
  const figures: string[] = [];
  for (const { caption, ...options } of charts) {
    figures.push(
      `<figure><figcaption>${caption}</figcaption>${await learningCurves(models, options)}</figure>`,
    );
  }
  const tables = models.map((model) => renderHtml(historyTable(model)));
  return `<div class="charts">${figures.join('\n')}</div>
<details><summary>The numbers, epoch by epoch</summary>${tables.join('\n')}</details>`;
}

function classesSection(results: Results): string {
  const matrices = results.models.map(
    (model) =>
      `<div class="matrix">${renderHtml(confusionTable({ name: model.name, runs: [model] }, results.dataset.classNames))}</div>`,
  );
  return `${renderHtml(perClassTable(results))}
<h3>Confusion matrices</h3>
<p class="soft">Rows are what an image shows, columns what the model took it for; counts of test images.</p>
<div class="matrices">${matrices.join('\n')}</div>`;
}

async function mistakesSection({ models, dataset }: Results): Promise<string> {
  const galleries: string[] = [];
  for (const { name, mistakes } of models) {
    const items = mistakes.map((mistake) => mistakeItem(mistake, dataset.classNames));
    galleries.push(
      `<h3>${escapeHtml(name)}</h3>\n<ol class="mistakes">${(await Promise.all(items)).join('\n')}</ol>`,
    );
  }
  return `<p>The wrong predictions that each model was surest of. Below each image: what it shows, what it was taken for and with which probability.</p>
${galleries.join('\n')}`;
}

async function mistakeItem(mistake: ModelResult['mistakes'][number], classNames: string[]): Promise<string> {
  const { pixels, label, prediction, probability } = mistake;
  const alt = escapeHtml(mistakeText(mistake, classNames));
  const picture =
    pixels === null
      ? ''
      : `<img src="${await pictureUri(pixels)}" alt="${alt}" title="${alt}" width="32" height="32">`;
  const name = (index: number) => escapeHtml(classNames[index] ?? `class ${index}`);
  return `<li>${picture}<b>${name(label)}</b>${name(prediction)}<br>${percent(probability, 1)}</li>`;
}

function recipesSection(results: Results): string {
  const items = results.models.map(({ name, architecture, notes }) => {
    const text = [architecture, ...notes].map((sentence) => escapeHtml(sentence)).join('. ');
    return `<dt>${escapeHtml(name)}</dt><dd>${text}</dd>`;
  });
  return `<dl class="definitions">${items.join('\n')}</dl>
<details><summary>Every hyper-parameter</summary>${renderHtml(recipeTable(results))}</details>`;
}

function definitionsSection(): string {
  const items = definitions.map(([name, text]) => `<dt>${name}</dt><dd>${escapeHtml(text)}</dd>`);
  return `<dl class="definitions">${items.join('\n')}</dl>`;
}

function runSection(results: Results): string {
  const digests = Object.entries(results.dataset.sha256).map(([name, digest]) => `${name} ${digest}`);
  return `${renderHtml(runTable(results))}
<p>Repeat it:</p>
<pre><code>${escapeHtml(results.command)}</code></pre>
<details><summary>sha256 of the data</summary><pre><code>${escapeHtml(digests.join('\n'))}</code></pre></details>`;
}

const modelColor = (index: number): string => `var(--model-${(index % 5) + 1})`;
