import { escapeHtml } from '../../../lib/escape-html';
import type { Results } from '../../../results/results';
import { paperTables } from '../../tables/index';
import { renderHtml } from '../../tables/table';

/** The paper's tables compared with ours, and what the paper leaves unspecified. */
export function paperSection(results: Results): string {
  const { title, year, leavesOpen } = results.paper;
  const open = leavesOpen.map((text) => `<li>${escapeHtml(text)}</li>`).join('\n');
  return `<p>The paper: <cite>${escapeHtml(title)}</cite>, ${year}.</p>
${paperTables(results).map(renderHtml).join('\n')}
<h3>What the paper leaves unspecified</h3>
<ul>${open}</ul>`;
}
