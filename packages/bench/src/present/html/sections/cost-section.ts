import type { Results } from '../../../results/results';
import { costTable, flopsTable, forecastTable, inferenceTable, isInPaper } from '../../tables/index';
import { renderHtml } from '../../tables/table';

/** The cost of training and inference, and the forecast of training time; operations where no section compares them. */
export function costSection(results: Results): string {
  const forecast = forecastTable(results);
  const inference = inferenceTable(results);
  const operations = isInPaper(results) ? '' : `\n${renderHtml(flopsTable(results))}`;
  return `${renderHtml(costTable(results))}${operations}
${forecast ? renderHtml(forecast) : '<p class="soft">The run made no forecast.</p>'}
${inference ? renderHtml(inference) : '<p class="soft">Inference was not timed.</p>'}`;
}
