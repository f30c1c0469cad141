import '@tensorflow/tfjs-backend-cpu';
import { readPackages } from '@tenfold/generate/api.mjs';
import * as optimizers from '@tenfold/optimizers';
import { goldens } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { select } from '../tables.mjs';

type Line = { options?: { [option: string]: unknown } };
const files = goldens<Line[]>(new URL('../../../packages/optimizers/goldens/', import.meta.url));
const factories = optimizers as unknown as {
  [name: string]: (options: object) => optimizers.Optimizer;
};
const rules = select(
  readPackages(['optimizers']).readExports('optimizers'),
  'returning Optimizer from options',
);

it.each(rules.map((rule) => [rule.name, rule] as const))(
  '%s has the slots that its docstring says',
  (name, rule) => {
    const said = rule.tag('returns')?.match(/`\w+`/g) ?? [];
    // Under all options of the golden file, since a slot may depend on one.
    const found = files[name]!.flatMap(({ options }) => {
      if (!options) return [];
      // These are not options of the rule: the batch size is that of sophia's estimate.
      const { only, schedule, maxNorm, batchSize, ...rest } = options;
      const optimizer = factories[name]!({ learningRate: 0.1, ...rest });
      return Object.keys(optimizer.init({ kernel: tf.zeros([2, 2]) }));
    });
    expect(said.map((slot) => slot.slice(1, -1)).sort()).toEqual([...new Set(found)].sort());
  },
);
