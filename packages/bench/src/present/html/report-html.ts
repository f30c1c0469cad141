import { escapeHtml } from '../../lib/escape-html';
import { assertResults } from '../../results/assert-results';
import type { Results } from '../../results/results';
import { isInPaper } from '../tables/index';
import { headline, warnings } from '../text/content';
import { type PageSection, pageHtml } from './page';
import { calibrationSection } from './sections/calibration-section';
import { classesSection } from './sections/classes-section';
import { costSection } from './sections/cost-section';
import { curvesSection } from './sections/curves-section';
import { mistakesSection } from './sections/mistakes-section';
import { paperSection } from './sections/paper-section';
import { picturesSection } from './sections/pictures-section';
import { resultsSection } from './sections/results-section';
import { definitionsSection, recipesSection, runSection } from './sections/run-sections';

interface Section {
  id: string;
  title: string;
  body: (results: Results) => string | Promise<string>;
  /** Whether a report has it; every report by default. */
  applies?: (results: Results) => boolean;
}

const sections: Section[] = [
  { id: 'results', title: 'Results', body: resultsSection },
  { id: 'paper', title: 'Compared with the paper', body: paperSection, applies: isInPaper },
  { id: 'curves', title: 'Learning curves', body: curvesSection },
  { id: 'cost', title: 'Time, operations, energy', body: costSection },
  { id: 'classes', title: 'Classes', body: classesSection },
  { id: 'calibration', title: 'Calibration', body: calibrationSection },
  { id: 'mistakes', title: 'Mistakes', body: mistakesSection },
  { id: 'inside', title: 'Inside the models', body: picturesSection },
  { id: 'recipes', title: 'Recipes', body: recipesSection },
  { id: 'definitions', title: 'What the numbers mean', body: definitionsSection },
  { id: 'run', title: 'Run', body: runSection },
];

/** The report as one self-contained HTML file: pictures and charts are embedded; no network, no script. */
export async function reportHtml(results: Results): Promise<string> {
  assertResults('reportHtml', results);
  const rendered: PageSection[] = [];
  for (const { id, title, body, applies } of sections) {
    if (applies?.(results) ?? true) rendered.push({ id, title, body: await body(results) });
  }
  const models = [...new Set(results.models.map(({ name }) => name))].join(', ');
  const list = warnings(results).map((text) => `<li>${escapeHtml(text)}</li>`);
  return pageHtml({
    title: `${results.dataset.name}: ${models}`,
    intro: `<p class="lead">${escapeHtml(headline(results))}</p>
${facts(results)}
${list.length > 0 ? `<div class="warnings"><ul>${list.join('\n')}</ul></div>` : ''}`,
    sections: rendered,
    footer: 'Made by tenfold-bench from results.json in the same folder.',
  });
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
