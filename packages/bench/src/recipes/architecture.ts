import { z } from 'zod';
import type { ModelName } from './model-names';

const size = z.int().min(1).max(65536);
const share = z.number().min(0).lt(1);
const gridOptions = ['patchSize', 'width', 'depth'] as const;

/** What a recipe may say of each network; what it leaves out is as the architecture has it. */
export const architectureSchemas = {
  cnn: z.strictObject({
    widths: z.tuple([size, size, size]).optional(),
    logitScale: z.number().gt(0).optional(),
  }),
  fnn: z.strictObject({
    sizes: z.array(size).min(2).optional(),
    dropoutRate: share.optional(),
  }),
  rnn: z
    .strictObject({
      reads: z.enum(['rows', 'grid']).optional().meta({
        description:
          'Rows of pixels one after the other, by one cell; or a grid of patches along its rows and columns, from both ends. Default rows.',
      }),
      cell: z.enum(['lstm', 'gru']).optional(),
      units: size.optional().meta({ description: 'Of rows.' }),
      patchSize: size.optional().meta({ description: 'Of a grid.' }),
      width: size.optional().meta({ description: 'Of a grid.' }),
      depth: size.optional().meta({ description: 'Of a grid.' }),
    })
    .superRefine((options, context) => {
      const reads = options.reads ?? 'rows';
      for (const option of reads === 'rows' ? gridOptions : (['units'] as const)) {
        if (options[option] === undefined) continue;
        const message = `expected nothing, since reads is ${reads}`;
        context.addIssue({ code: 'custom', path: [option], message, input: options[option] });
      }
    }),
  vit: z.strictObject({
    patchSize: size.optional(),
    width: size.optional(),
    depth: size.optional(),
    heads: size.optional(),
    mlpWidth: size.optional(),
    positions: z.enum(['sincos2d', 'learned']).optional(),
    zeroInit: z.boolean().optional(),
    tokens: z.enum(['patches', 'shifted']).optional(),
    attention: z.enum(['global', 'locality']).optional(),
    dropPathRate: share.optional(),
  }),
  'vit-hybrid': z.strictObject({
    stemWidth: size.optional(),
    width: size.optional(),
    depth: size.optional(),
    heads: size.optional(),
    mlpWidth: size.optional(),
    zeroInit: z.boolean().optional(),
    dropPathRate: share.optional(),
  }),
} satisfies Record<ModelName, z.ZodObject>;

type Architecture = { [option: string]: number | string | boolean | number[] };

// The networks that the names stand for.
const fullSize: Record<ModelName, { [option: string]: number | number[] }> = {
  cnn: { widths: [64, 128, 128] },
  fnn: { sizes: [3072, 2048, 2048, 1024] },
  rnn: { units: 256 },
  vit: { width: 128, depth: 6, mlpWidth: 256 },
  'vit-hybrid': { stemWidth: 64, width: 128, depth: 4, mlpWidth: 256 },
};

/** How a network is smaller than the one that its name stands for; null when it is not. */
export function narrowedText(model: ModelName, architecture: Architecture): string | null {
  const smaller = Object.entries(fullSize[model]).flatMap(([option, full]) => {
    const [ours, theirs] = [[architecture[option] ?? full].flat(), [full].flat()];
    const isSmaller = ours.length < theirs.length || theirs.some((value, i) => (ours[i] as number) < value);
    return isSmaller ? [`${option} ${ours.join('/')} instead of ${theirs.join('/')}`] : [];
  });
  return smaller.length === 0 ? null : smaller.join(', ');
}

/** An architecture's options in words: 'widths 64/128/128'. */
export const architectureText = (architecture: Architecture): string =>
  Object.entries(architecture)
    .map(([option, value]) => `${option} ${[value].flat().join('/')}`)
    .join(', ');
