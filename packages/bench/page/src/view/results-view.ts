import { classesSection } from '../../../src/present/html/sections/classes-section';
import { costSection } from '../../../src/present/html/sections/cost-section';
import { curvesSection } from '../../../src/present/html/sections/curves-section';
import { mistakesSection } from '../../../src/present/html/sections/mistakes-section';
import { paperSection } from '../../../src/present/html/sections/paper-section';
import { resultsSection } from '../../../src/present/html/sections/results-section';
import { runSection } from '../../../src/present/html/sections/run-sections';
import { isInPaper } from '../../../src/present/tables/index';
import { headline, warnings } from '../../../src/present/text/content';
import type { Results } from '../../../src/results/results';
import { fromHtml, h } from './dom';

const sections: {
  title: string;
  body: (results: Results) => string | Promise<string>;
  applies?: (results: Results) => boolean;
}[] = [
  { title: 'Compared with the paper', body: paperSection, applies: isInPaper },
  { title: 'Learning curves', body: curvesSection },
  { title: 'Time and operations', body: costSection },
  { title: 'Classes', body: classesSection },
  { title: 'Mistakes', body: mistakesSection },
  { title: 'Machine, versions, command', body: runSection },
];

/** The results of a run: the most important sections of the report. */
export async function resultsView(results: Results): Promise<DocumentFragment> {
  const view = document.createDocumentFragment();
  const notes = warnings(results).map((text) => h('li', {}, text));
  view.append(h('p', { class: 'lead' }, headline(results)));
  if (notes.length > 0) view.append(h('div', { class: 'warnings' }, h('ul', {}, ...notes)));
  view.append(fromHtml(resultsSection(results)));
  for (const { title, body, applies } of sections) {
    if (applies?.(results) === false) continue;
    view.append(h('h3', { class: 'part' }, title), fromHtml(await body(results)));
  }
  return view;
}
