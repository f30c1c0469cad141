import type { Results } from '../../../results/results';
import { costTable, forecastTable, inferenceTable } from '../../tables/index';
import { renderHtml } from '../../tables/table';

/** The cost of training and inference, and the forecast of training time. */
export function costSection(results: Results): string {
  const forecast = forecastTable(results);
  const inference = inferenceTable(results);
  return `${renderHtml(costTable(results))}
${forecast ? renderHtml(forecast) : '<p class="soft">The run made no forecast.</p>'}
${inference ? renderHtml(inference) : '<p class="soft">Inference was not timed.</p>'}`;
}
