import { comparisonTables } from '../tables/comparison-tables';
import type { ComparedRun } from '../tables/run-facts';
import { runLetter } from '../tables/run-labels';
import { renderMarkdown } from '../tables/table';

/** A comparison of runs as Markdown: everything but the curves. */
export function comparisonMarkdown(runs: readonly ComparedRun[]): string {
  const tables = comparisonTables(runs).flatMap((table) => [`## ${table.title}`, renderMarkdown(table)]);
  const commands = runs.map(({ results }, i) => `# ${runLetter(i)}\n${results.command}`).join('\n');
  return `${[`# Comparison of ${runs.length} runs`, ...tables, '## Commands', `\`\`\`sh\n${commands}\n\`\`\``].join('\n\n')}\n`;
}
