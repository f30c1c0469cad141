import type { Architecture } from './model-definition';
import { type ModelName, models } from './models';

/** How a network is smaller than the full-size network of its name; null for full size. */
export function narrowedText(model: ModelName, architecture: Architecture): string | null {
  const smaller = Object.entries(models[model].fullSize).flatMap(([option, full]) => {
    const [ours, theirs] = [[architecture[option] ?? full].flat(), [full].flat()];
    const isSmaller = ours.length < theirs.length || theirs.some((value, i) => (ours[i] as number) < value);
    return isSmaller ? [`${option} ${ours.join('/')} instead of ${theirs.join('/')}`] : [];
  });
  return smaller.length === 0 ? null : smaller.join(', ');
}

/** An architecture's options as text: 'widths 64/128/128'. */
export const architectureText = (architecture: Architecture): string =>
  Object.entries(architecture)
    .map(([option, value]) => `${option} ${[value].flat().join('/')}`)
    .join(', ');
