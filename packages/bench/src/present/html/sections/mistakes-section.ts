import { escapeHtml } from '../../../lib/escape-html';
import { percent } from '../../../lib/format';
import { groupSeeds } from '../../../results/group-seeds';
import type { ModelResult, Results } from '../../../results/results';
import { mistakeText } from '../../text/content';
import { pictureUri } from '../picture';

/** The most confident mistakes of each model; for several seeds, those of the first. */
export async function mistakesSection({ models, dataset }: Results): Promise<string> {
  const galleries: string[] = [];
  for (const { name, runs } of groupSeeds(models)) {
    const [first] = runs;
    const seedText = runs.length > 1 ? `, seed ${first!.seed}` : '';
    const items = await Promise.all(first!.mistakes.map((mistake) => mistakeItem(mistake, dataset)));
    const body =
      items.length > 0
        ? `<ol class="mistakes">${items.join('\n')}</ol>`
        : '<p class="soft">None was saved.</p>';
    galleries.push(`<h3>${escapeHtml(name)}${seedText}</h3>\n${body}`);
  }
  return `<p>The most confident mistakes of each model. Below each image: its class, the prediction and its probability.</p>
${galleries.join('\n')}`;
}

async function mistakeItem(
  mistake: ModelResult['mistakes'][number],
  { classNames, imageShape: [height, width, channels] }: Results['dataset'],
): Promise<string> {
  const { pixels, label, prediction, probability } = mistake;
  const alt = escapeHtml(mistakeText(mistake, classNames));
  const shown = pixels !== null && (channels === 1 || channels === 3);
  const uri = shown && (await pictureUri({ pixels, height, width, channels }));
  const picture = uri
    ? `<img src="${uri}" alt="${alt}" title="${alt}" width="${width}" height="${height}">`
    : '';
  const name = (index: number) => escapeHtml(classNames[index] ?? `class ${index}`);
  return `<li>${picture}<b>${name(label)}</b>as ${name(prediction)}<br>${percent(probability, 1)}</li>`;
}
