import { escapeHtml } from '../../lib/escape-html';
import { groupSeeds, type ModelGroup } from '../../results/group-seeds';
import type { Results } from '../../results/results';
import { colors } from './colors';
import { type CurveX, curveTitle, learningCurves } from './learning-curves';

interface NamedRun {
  name: string;
  results: Results;
}

const MARGIN = 12;
const TITLE = 30;
/** Characters of a name that fit into the chart's margin, and the width of one character. */
const NAME = 9;
const CHARACTER = 8.5;

/**
 * The test accuracy of all models of all runs over one axis, as a standalone SVG with a title and colors (light or dark by
 * the reader's setting) and without a script.
 *
 * @param runs a model that several runs have is labeled with its run
 * @param x the quantity on the x axis
 * @returns undefined when no epoch has a value for the x axis
 */
export async function curvesSvg(runs: readonly NamedRun[], x: CurveX): Promise<string | undefined> {
  const all = runs.flatMap(({ name, results }) =>
    groupSeeds(results.models).map((group) => ({ name, group })),
  );
  const groups = all.map(({ name, group }): ModelGroup => {
    const isShared = all.filter((other) => other.group.name === group.name).length > 1;
    return isShared ? { ...group, name: `${group.name}, ${name}` } : group;
  });
  const images = runs.every(({ results }) => results.heldOut > 0) ? 'Held-out' : 'Test';
  const curves = await learningCurves(groups, { y: 'testAccuracy', x, images });
  if (!curves) return undefined;
  const [width, height] = ['width', 'height'].map((side) => Number(curves.match(`${side}="([\\d.]+)"`)?.[1]));
  const longest = Math.max(...groups.map(({ name }) => name.length));
  const beyond = CHARACTER * Math.max(0, longest - NAME);
  const box = [-MARGIN, -TITLE, width! + 2 * MARGIN + beyond, height! + TITLE + MARGIN];
  const title = escapeHtml(`${curveTitle({ y: 'testAccuracy', x, images })} (%)`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box.join(' ')}" width="${box[2]}" height="${box[3]}" font-family="system-ui, sans-serif">
<style>${colors}svg { color: var(--text); }</style>
<rect x="${box[0]}" y="${box[1]}" width="100%" height="100%" fill="var(--page)"/>
<text x="0" y="-8" font-size="15" font-weight="600" fill="var(--text)">${title}</text>
${curves}
</svg>
`;
}
