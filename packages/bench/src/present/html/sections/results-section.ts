import { escapeHtml } from '../../../lib/escape-html';
import { count, percent, plural, rate, seconds } from '../../../lib/format';
import { computeSpread } from '../../../lib/spread';
import { lastEpoch, viewsText } from '../../../results/accuracy';
import { groupSeeds } from '../../../results/group-seeds';
import type { Results } from '../../../results/results';
import { seriesColor } from '../../charts/series-style';
import { summaryTable } from '../../tables/index';
import { renderHtml } from '../../tables/table';

/** A card for each model, then the table of all. */
export function resultsSection(results: Results): string {
  const cards = groupSeeds(results.models).map((group, i) => {
    const [first] = group.runs;
    const time = computeSpread(group.runs.map(({ trainSeconds }) => trainSeconds));
    const speed = computeSpread(group.runs.map(({ imagesPerSecond }) => imagesPerSecond));
    const accuracy = lastEpoch(group);
    const deviation =
      group.runs.length > 1
        ? `<p class="soft">± ${percent(accuracy?.deviation)} over ${accuracy?.count ?? 0} of ${group.runs.length} seeds</p>\n`
        : '';
    const views = group.runs.some((run) => run.views !== null)
      ? `<br>${viewsText(group)} with TTA (${count(first!.views?.count ?? 0)} views)`
      : '';
    return `<article class="card" style="--series:${seriesColor(i)}">
<h3>${escapeHtml(group.name)}</h3>
<p class="value">${accuracy ? percent(accuracy.mean) : 'diverged'}</p>
${deviation}<p class="soft">${seconds(time?.mean)} of training, ${plural(first!.epochs, 'epoch')}<br>${rate(speed?.mean)} images/s${views}</p>
</article>`;
  });
  return `<div class="cards">${cards.join('\n')}</div>\n${renderHtml(summaryTable(results))}`;
}
