import { escapeHtml } from '../../../lib/escape-html';
import { groupSeeds, type ModelGroup } from '../../../results/group-seeds';
import type { ModelResult, Results } from '../../../results/results';
import { type CurveOptions, curveTitle, learningCurves } from '../../charts/learning-curves';
import { legend } from '../../charts/legend';
import { highestLearningRates, type StepQuantity, stepCurves, stepTitles } from '../../charts/step-curves';
import { energyNotes, historyTable, stepsTable } from '../../tables/index';
import { renderHtml } from '../../tables/table';

const curves: CurveOptions[] = [
  { y: 'testAccuracy', x: 'epoch' },
  { y: 'testAccuracy', x: 'seconds' },
  { y: 'testAccuracy', x: 'flops' },
  { y: 'testAccuracy', x: 'joules' },
  { y: 'testLoss', x: 'epoch' },
  { y: 'testLoss', x: 'seconds' },
];

/** All models on shared axes: accuracy and loss over the cost of training, then the steps. */
export async function curvesSection({ models, heldOut }: Results): Promise<string> {
  const groups = groupSeeds(models);
  const images = heldOut > 0 ? 'Held-out' : 'Test';
  const names = await legend(groups.map(({ name }) => name));
  const charts: string[] = [];
  const left: string[] = [];
  for (const options of curves) {
    const title = curveTitle({ ...options, images });
    const svg = await learningCurves(groups, { ...options, images });
    if (svg) charts.push(figure(options.y === 'testAccuracy' ? `${title} (%)` : title, svg));
    else if (options.x === 'joules') left.push(`${title} is not drawn. ${energyNotes(models).join(' ')}`);
    else left.push(`${title} is not drawn: no epoch has both values.`);
  }
  const histories = models.map((model) => renderHtml(historyTable(model, formatTitle(model, groups))));
  return `${names}
<div class="charts">${charts.join('\n')}</div>
${left.map((text) => `<p class="soft">${escapeHtml(text)}</p>`).join('\n')}
<details><summary>The numbers, epoch by epoch</summary>${histories.join('\n')}</details>
<h3>Steps</h3>
${await stepsPart(models, groups, names)}`;
}

async function stepsPart(models: ModelResult[], groups: ModelGroup[], names: string): Promise<string> {
  const charts: string[] = [];
  for (const quantity of ['learningRate', 'gradientNorm', 'loss'] satisfies StepQuantity[]) {
    const svg = await stepCurves(groups, quantity);
    if (svg) charts.push(figure(stepTitles[quantity], svg));
  }
  if (charts.length === 0) return '<p class="soft">results.json has no steps of this run.</p>';
  const tables = models
    .filter(({ steps }) => steps.length > 0)
    .map((model) => renderHtml(stepsTable(model, formatTitle(model, groups))));
  return `<p class="soft">The learning rate is that of the recipe's first parameter group; its highest value: ${escapeHtml(highestLearningRates(groups))}.</p>
${names}
<div class="charts">${charts.join('\n')}</div>
<details><summary>The numbers, step by step</summary>${tables.join('\n')}</details>`;
}

const figure = (caption: string, svg: string): string =>
  `<figure><figcaption>${escapeHtml(caption)}</figcaption>${svg}</figure>`;

/** The name, with the seed when there are several. */
function formatTitle({ name, seed }: ModelResult, groups: ModelGroup[]): string {
  const several = groups.some((group) => group.name === name && group.runs.length > 1);
  return several ? `${name}, seed ${seed}` : name;
}
