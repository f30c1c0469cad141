import { assertResults } from '../../results/assert-results';
import { groupSeeds } from '../../results/group-seeds';
import type { ModelResult, Results } from '../../results/results';
import {
  calibrationBinsTable,
  calibrationTable,
  confusionTable,
  costTable,
  energyNotes,
  flopsTable,
  forecastTable,
  historyTable,
  inferenceTable,
  isInPaper,
  paperTables,
  perClassTable,
  recipeTable,
  stepsTable,
  summaryTable,
} from '../tables/index';
import { renderMarkdown, type Table } from '../tables/table';
import { definitions, headline, mistakeText, runTable, warnings } from './content';

/** The report as Markdown: everything but the curves and the pictures. */
export function reportMarkdown(results: Results): string {
  assertResults('reportMarkdown', results);
  const { models, dataset, paper, command, seeds } = results;
  const groups = groupSeeds(models);
  const formatTitle = ({ name, seed }: ModelResult) => (seeds.length > 1 ? `${name}, seed ${seed}` : name);
  const isCompared = isInPaper(results);
  const calibration = calibrationTable(results);
  const energy = models.every(({ energyJoules }) => energyJoules === null) ? energyNotes(models) : [];
  const blocks = [
    `# ${dataset.name}: ${groups.map(({ name }) => name).join(', ')}`,
    headline(results),
    bullets(warnings(results)),
    '## Results',
    renderMarkdown(summaryTable(results)),
    ...(isCompared
      ? [
          '## Compared with the paper',
          `"${paper.title}", ${paper.year}.`,
          ...paperTables(results).flatMap((table) => block(table)),
          '### What the paper leaves unspecified',
          bullets(paper.leavesOpen),
        ]
      : []),
    '## Learning curves',
    ['As charts in report.html.', ...energy].join(' '),
    ...models.flatMap((model) => block(historyTable(model, formatTitle(model)))),
    ...models
      .filter(({ steps }) => steps.length > 0)
      .flatMap((model) => block(stepsTable(model, formatTitle(model)))),
    '## Time, operations, energy',
    ...block(costTable(results)),
    ...(isCompared ? [] : block(flopsTable(results))),
    ...block(forecastTable(results), 'The run made no forecast.'),
    ...block(inferenceTable(results), 'Inference was not timed.'),
    '## Classes',
    ...block(perClassTable(results)),
    ...groups
      .filter(({ runs }) => runs.some(({ confusionMatrix }) => confusionMatrix.length > 0))
      .flatMap((group) => block(confusionTable(group, dataset.classNames))),
    '## Calibration',
    calibration ? renderMarkdown(calibration) : 'The run did not measure calibration.',
    ...models
      .filter((model) => model.calibration !== null)
      .flatMap((model) => block(calibrationBinsTable(model.calibration!, formatTitle(model)))),
    '## Mistakes',
    'The most confident mistakes of each model; as pictures in report.html.',
    ...groups.flatMap(({ name, runs: [first] }) => [
      `### ${name}`,
      bullets(first!.mistakes.slice(0, 10).map((mistake) => mistakeText(mistake, dataset.classNames))),
    ]),
    '## Inside the models',
    picturesText(models),
    '## Recipes',
    bullets(
      groups.map(
        ({ name, runs: [first] }) => `${name}: ${[first!.architecture, ...first!.notes].join('. ')}`,
      ),
    ),
    ...block(recipeTable(results)),
    '## What the numbers mean',
    bullets(definitions(results).map(([name, text]) => `${name}: ${text}`)),
    '## Run',
    renderMarkdown(runTable(results)),
    'To repeat the run:',
    `\`\`\`sh\n${command}\n\`\`\``,
  ];
  return `${blocks.filter((text) => text !== '').join('\n\n')}\n`;
}

const bullets = (items: string[]): string => items.map((item) => `- ${item}`).join('\n');

/** A table under its title, or a sentence instead of it. */
function block(table: Table | undefined, otherwise = ''): string[] {
  return table ? [`### ${table.title}`, renderMarkdown(table)] : [otherwise];
}

function picturesText(models: ModelResult[]): string {
  const lines = groupSeeds(models).flatMap(({ name, runs: [first] }) =>
    first!.pictures.length > 0 ? [`${name}: ${first!.pictures.map(({ title }) => title).join('; ')}`] : [],
  );
  if (lines.length === 0) return 'These results have no pictures of the models.';
  return `As pictures in report.html.\n\n${bullets(lines)}`;
}
