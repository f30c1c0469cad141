import { groupSeeds } from '../../../results/group-seeds';
import type { Results } from '../../../results/results';
import { legend } from '../../charts/legend';
import { reliabilityChart } from '../../charts/reliability-chart';
import { calibrationBinsTable, calibrationTable } from '../../tables/index';
import { renderHtml } from '../../tables/table';

/** Calibration: whether predictions are correct as often as their probabilities say. */
export async function calibrationSection(results: Results): Promise<string> {
  const groups = groupSeeds(results.models);
  const table = calibrationTable(results);
  const chart = await reliabilityChart(groups);
  if (!table || !chart) return '<p class="soft">The run did not measure calibration.</p>';
  const bins = results.models
    .filter(({ calibration }) => calibration !== null)
    .map(({ name, seed, calibration }) =>
      renderHtml(
        calibrationBinsTable(calibration!, results.seeds.length > 1 ? `${name}, seed ${seed}` : name),
      ),
    );
  return `<p>A prediction with probability 70 % should be correct seven times in ten: a curve below the dotted diagonal is overconfident, one above it underconfident.</p>
${await legend(groups.map(({ name }) => name))}
<div class="charts"><figure><figcaption>Accuracy (%) over predicted probability</figcaption>${chart}</figure></div>
${renderHtml(table)}
<details><summary>The numbers, bin by bin</summary>${bins.join('\n')}</details>`;
}
