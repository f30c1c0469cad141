import type { Results } from '../../../results/results';
import { costTable, forecastTable, inferenceTable } from '../../tables/index';
import { renderHtml } from '../../tables/table';

/** What training and inference take of the machine, and how long training was expected to take. */
export function costSection(results: Results): string {
  const forecast = forecastTable(results);
  const inference = inferenceTable(results);
  return `${renderHtml(costTable(results))}
${forecast ? renderHtml(forecast) : '<p class="soft">The run made no forecast of its time.</p>'}
${inference ? renderHtml(inference) : '<p class="soft">Inference was not timed.</p>'}`;
}
