import { escapeHtml } from '../../../lib/escape-html';
import { groupSeeds } from '../../../results/group-seeds';
import type { Results } from '../../../results/results';
import { confusionTable, perClassTable } from '../../tables/index';
import { renderHtml } from '../../tables/table';

/** Accuracy by class and confusion matrices. */
export function classesSection(results: Results): string {
  const groups = groupSeeds(results.models);
  const without = groups.filter(({ runs }) => runs.every((run) => run.confusionMatrix.length === 0));
  const matrices = groups
    .filter((group) => !without.includes(group))
    .map(
      (group) => `<div class="matrix">${renderHtml(confusionTable(group, results.dataset.classNames))}</div>`,
    );
  const missing =
    without.length > 0
      ? `<p class="soft">${escapeHtml(without.map(({ name }) => name).join(', '))}: no predictions.</p>`
      : '';
  return `${renderHtml(perClassTable(results))}
<h3>Confusion matrices</h3>
<p class="soft">Rows are true classes, columns predictions; the cells count images.</p>
<div class="matrices">${matrices.join('\n')}</div>
${missing}`;
}
