import { headline, warnings } from '../../../src/report/content';
import { classesSection } from '../../../src/report/sections/classes-section';
import { costSection } from '../../../src/report/sections/cost-section';
import { curvesSection } from '../../../src/report/sections/curves-section';
import { mistakesSection } from '../../../src/report/sections/mistakes-section';
import { paperSection } from '../../../src/report/sections/paper-section';
import { resultsSection } from '../../../src/report/sections/results-section';
import { runSection } from '../../../src/report/sections/run-sections';
import type { Results } from '../../../src/results';
import { fromHtml, h } from './dom';

const sections = [
  { title: 'Beside the paper', body: paperSection },
  { title: 'Learning curves', body: curvesSection },
  { title: 'Time and operations', body: costSection },
  { title: 'Classes', body: classesSection },
  { title: 'Mistakes', body: mistakesSection },
  { title: 'Machine, versions, command', body: runSection },
];

/** What a run found, beside the paper: the parts of the report that answer most questions. */
export async function resultsView(results: Results): Promise<DocumentFragment> {
  const view = document.createDocumentFragment();
  const notes = warnings(results).map((text) => h('li', {}, text));
  view.append(h('p', { class: 'lead' }, headline(results)));
  if (notes.length > 0) view.append(h('div', { class: 'warnings' }, h('ul', {}, ...notes)));
  view.append(fromHtml(resultsSection(results)));
  for (const { title, body } of sections) {
    view.append(h('h3', { class: 'part' }, title), fromHtml(await body(results)));
  }
  return view;
}
