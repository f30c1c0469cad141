import { type ComparedRun, differingFacts } from './run-facts';

const bare = new Set(['backend', 'processor', 'profile']);

/**
 * A short label for each run, made of the facts that distinguish it: 'simd' and 'webgpu', or 'cnn.epochs 8' and
 * 'cnn.epochs 9'. The name of its folder where no fact does.
 */
export function runLabels(runs: readonly ComparedRun[]): string[] {
  let labels: string[][] = runs.map(() => []);
  const distinct = (candidates: string[][]) => new Set(candidates.map((parts) => parts.join(', '))).size;
  for (const [name, values] of differingFacts(runs)) {
    const longer = labels.map((parts, i) => {
      const value = values[i];
      if (value === undefined) return [...parts, `no ${name}`];
      return [...parts, bare.has(name) ? value : `${name} ${value}`];
    });
    if (distinct(longer) > distinct(labels)) labels = longer;
    if (distinct(labels) === runs.length) break;
  }
  const texts = labels.map((parts) => parts.join(', '));
  return texts.map((text, i) => {
    const alone = text !== '' && texts.filter((other) => other === text).length === 1;
    return alone ? text : [text, runs[i]!.name].filter(Boolean).join(', ');
  });
}

/** A, B, … Z, AA, …: the short name of a run in tables and charts. */
export function runLetter(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : runLetter(Math.floor(index / 26) - 1) + letter;
}
