import { bytes, count } from '../../lib/format';
import { groupSeeds } from '../../results/group-seeds';
import type { Results } from '../../results/results';
import { flatten } from './flatten';

/** A run in a comparison. */
export interface ComparedRun {
  /** The name of its folder. */
  name: string;
  results: Results;
}

/** Everything that affects the numbers of a run, by name; the most distinctive facts come first. */
export function runFacts({
  backend,
  machine,
  profile,
  seeds,
  heldOut,
  models,
  dataset,
}: Results): Map<string, string> {
  const facts = new Map<string, string>([
    ['backend', backend.name],
    ['processor', machine.cpu],
    ...Object.entries(backend.details)
      .filter(([key]) => key !== 'threads')
      .map(([key, value]): [string, string] => [`backend ${key}`, value]),
    ['threads', machine.threads > 0 ? count(machine.threads) : (backend.details.threads ?? 'unknown')],
    ['profile', profile],
    [seeds.length === 1 ? 'seed' : 'seeds', seeds.join(', ')],
    ['held-out images', count(heldOut)],
    ['data', [dataset.name, ...Object.values(dataset.sha256).map((digest) => digest.slice(0, 8))].join(' ')],
  ]);
  for (const { name, runs } of groupSeeds(models)) {
    for (const [key, value] of flatten(runs[0]!.recipe)) {
      if (key !== 'model') facts.set(`${name}.${key}`, value);
    }
  }
  facts.set('logical processors', count(machine.cores));
  facts.set('memory', bytes(machine.memoryBytes));
  facts.set('system', `${machine.os}, ${machine.arch}`);
  facts.set('Node', machine.node);
  facts.set('V8', machine.v8);
  for (const [name, version] of Object.entries(machine.versions)) facts.set(name, version);
  facts.set('commit', machine.commit ?? 'installed from a package');
  return facts;
}

const runFactNames = new Set(['processor', 'profile', 'seed', 'seeds', 'held-out images', 'data']);

/**
 * The facts that differ between runs: name to one value per run, undefined where a run has none. Recipe values count
 * only in runs that trained the model.
 */
export function differingFacts(runs: readonly ComparedRun[]): Map<string, (string | undefined)[]> {
  const all = runs.map(({ results }) => runFacts(results));
  const trained = runs.map(({ results }) => new Set(results.models.map(({ name }) => name)));
  // A fact that only a later run has is sorted with its kind: backend, run, recipes, machine.
  const kind = (name: string) =>
    /^(backend|threads)\b/.test(name) ? 0 : runFactNames.has(name) ? 1 : isModel(name.split('.')[0]!) ? 2 : 3;
  const names = [...new Set(all.flatMap((facts) => [...facts.keys()]))].sort((a, b) => kind(a) - kind(b));
  return new Map(
    names.flatMap((name): [string, (string | undefined)[]][] => {
      const values = all.map((facts) => facts.get(name));
      const model = name.split('.')[0]!;
      const counted = values.filter(
        (value, i) => value !== undefined || !isModel(model) || trained[i]!.has(model),
      );
      return new Set(counted).size > 1 ? [[name, values]] : [];
    }),
  );

  function isModel(name: string): boolean {
    return trained.some((models) => models.has(name));
  }
}
