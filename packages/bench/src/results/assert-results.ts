import { assertArgument, type Kind } from '@tenfold/checks';
import type { Results } from './results';

const lists = ['models', 'seeds'] as const;
const parts = ['dataset', 'machine', 'backend', 'paper'] as const;
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const kind: Kind = {
  expected: 'results, as trainAll returns them and parseResults reads them',
  accepts: (value) =>
    isObject(value) &&
    lists.every((name) => Array.isArray((value as Results)[name])) &&
    parts.every((name) => isObject((value as Results)[name])),
  required: true,
};

/** Fails unless what a report is made of has the parts of results; what these hold is for `parseResults` to check. */
export function assertResults(name: string, results: unknown): asserts results is Results {
  assertArgument(name, 'results', results, kind);
}
