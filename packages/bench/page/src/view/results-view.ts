import { fromBase64 } from '../../../src/base64';
import { count, percent, rate, seconds } from '../../../src/format';
import { headline, runTable, warnings } from '../../../src/report/content';
import type { ModelResult, Results } from '../../../src/results';
import { renderHtml } from '../../../src/table';
import { confusionTable, paperTables, perClassTable, summaryTable } from '../../../src/tables';
import { fromHtml, h } from './dom';
import { picture } from './samples-view';

/** What a run found, beside the paper. */
export function resultsView(results: Results, color: (model: string) => string): HTMLElement {
  const { models, paper, dataset } = results;
  return h(
    'div',
    {},
    h('p', { class: 'lead' }, headline(results)),
    h('div', { class: 'warnings' }, h('ul', {}, ...warnings(results).map((text) => h('li', {}, text)))),
    h('div', { class: 'cards' }, ...models.map((model) => card(model, color(model.name)))),
    h('h3', {}, 'Beside the paper'),
    h('p', {}, 'The paper: ', h('cite', {}, paper.title), `, ${paper.year}.`),
    ...paperTables(results).map((table) => fromHtml(renderHtml(table))),
    details('What the paper leaves open', h('ul', {}, ...paper.leavesOpen.map((text) => h('li', {}, text)))),
    h('h3', {}, 'All that was measured'),
    fromHtml(renderHtml(summaryTable(results))),
    h('h3', {}, 'Classes'),
    fromHtml(renderHtml(perClassTable(results))),
    ...models.map((model) =>
      details(
        `${model.name}: confusion matrix and surest mistakes`,
        h('div', { class: 'matrix' }, fromHtml(renderHtml(confusionTable(model, dataset.classNames)))),
        mistakes(model, dataset.classNames),
      ),
    ),
    details(
      'Machine, versions and the command that repeats this run',
      fromHtml(renderHtml(runTable(results))),
      h('pre', {}, h('code', {}, results.command)),
    ),
  );
}

function card(
  { name, testAccuracy, diverged, trainSeconds, imagesPerSecond, epochs }: ModelResult,
  color: string,
) {
  return h(
    'article',
    { class: 'card', style: `--model:${color}` },
    h('h3', {}, name),
    h('p', { class: 'value' }, diverged ? 'diverged' : percent(testAccuracy)),
    h(
      'p',
      { class: 'soft' },
      `${seconds(trainSeconds)} of training, ${count(epochs)} epochs`,
      h('br'),
      `${rate(imagesPerSecond)} images/s`,
    ),
  );
}

function mistakes({ mistakes }: ModelResult, classNames: string[]): HTMLElement {
  const name = (index: number) => classNames[index] ?? `class ${index}`;
  const items = mistakes.map(({ image, label, prediction, probability, pixels }) =>
    h(
      'li',
      {},
      pixels !== null && picture(fromBase64(pixels), `test image ${image}: ${name(label)}`),
      h('b', {}, name(label)),
      `${name(prediction)}`,
      h('br'),
      percent(probability, 1),
    ),
  );
  return h('ol', { class: 'mistakes' }, ...items);
}

function details(title: string, ...content: Node[]): HTMLElement {
  return h('details', {}, h('summary', {}, title), ...content);
}
