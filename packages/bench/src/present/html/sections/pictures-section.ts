import { escapeHtml } from '../../../lib/escape-html';
import { groupSeeds } from '../../../results/group-seeds';
import type { Picture, Results } from '../../../results/results';
import { pictureUri } from '../picture';

/** Pictures of filters, attention and saliency of each model; for several seeds, those of the first. */
export async function picturesSection({ models }: Results): Promise<string> {
  const parts: string[] = [];
  for (const { name, runs } of groupSeeds(models)) {
    const [first] = runs;
    if (first!.pictures.length === 0) continue;
    const figures: string[] = [];
    for (const picture of first!.pictures) figures.push(await pictureFigure(name, picture));
    const seedText = runs.length > 1 ? `, seed ${first!.seed}` : '';
    parts.push(`<h3>${escapeHtml(name)}${seedText}</h3>\n${figures.join('\n')}`);
  }
  if (parts.length === 0) return '<p class="soft">These results have no pictures of the models.</p>';
  return `<p class="soft">Attention shows where a model looks, and saliency which pixels would change its prediction; neither is an explanation.</p>
${parts.join('\n')}`;
}

async function pictureFigure(model: string, { title, pixels, captions, ...size }: Picture): Promise<string> {
  const tiles = await Promise.all(
    pixels.map(async (data, i) => {
      const caption = captions[i] ?? '';
      const alt = escapeHtml(`${model}, ${title}, ${i + 1} of ${pixels.length}${caption && `: ${caption}`}`);
      const uri = await pictureUri({ pixels: data, ...size });
      const text = caption && `<span>${escapeHtml(caption)}</span>`;
      return `<li><img src="${uri}" alt="${alt}" width="${size.width}" height="${size.height}">${text}</li>`;
    }),
  );
  const small = captions.length === 0 ? ' bare' : '';
  return `<figure class="pictures"><figcaption>${escapeHtml(title)}</figcaption><ul class="tiles${small}">${tiles.join('\n')}</ul></figure>`;
}
