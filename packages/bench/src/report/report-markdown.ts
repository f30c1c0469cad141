import type { Results } from '../results';
import { renderMarkdown, type Table } from '../table';
import {
  confusionTable,
  historyTable,
  paperTables,
  perClassTable,
  recipeTable,
  summaryTable,
} from '../tables';
import { definitions, headline, mistakeText, runTable, warnings } from './content';

/** The report as Markdown: everything but the curves and the pictures. */
export function reportMarkdown(results: Results): string {
  const { models, dataset, paper, command } = results;
  const table = (value: Table, level = 3) => [`${'#'.repeat(level)} ${value.title}`, renderMarkdown(value)];
  const bullets = (items: string[]) => items.map((item) => `- ${item}`).join('\n');
  const blocks = [
    `# ${dataset.name}: ${models.map(({ name }) => name).join(', ')}`,
    headline(results),
    bullets(warnings(results)),
    '## Results',
    renderMarkdown(summaryTable(results)),
    '## Beside the paper',
    `"${paper.title}", ${paper.year}.`,
    ...paperTables(results).flatMap((value) => table(value)),
    '### What the paper leaves open',
    bullets(paper.leavesOpen),
    '## Learning curves',
    'As charts in report.html.',
    ...models.flatMap((model) => table(historyTable(model))),
    '## Classes',
    ...table(perClassTable(results)),
    ...models.flatMap((model) =>
      table(confusionTable({ name: model.name, runs: [model] }, dataset.classNames)),
    ),
    '## Mistakes',
    'The wrong predictions that each model was surest of; as pictures in report.html.',
    ...models.flatMap((model) => [
      `### ${model.name}`,
      bullets(model.mistakes.slice(0, 10).map((mistake) => mistakeText(mistake, dataset.classNames))),
    ]),
    '## Recipes',
    bullets(models.map(({ name, architecture }) => `${name}: ${architecture}`)),
    ...table(recipeTable(results)),
    '## What the numbers mean',
    bullets(definitions.map(([name, text]) => `${name}: ${text}`)),
    '## Run',
    renderMarkdown(runTable(results)),
    'Repeat it:',
    `\`\`\`sh\n${command}\n\`\`\``,
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}
