import { type RunnableCase, runnableCases } from './check';
import type { Input } from './inputs';
import type { Case, KernelRow } from './row';

/** The inputs whose first axis is that of examples; the others are parameters. */
const EXAMPLES = ['x', 'query', 'key', 'value', 'logits', 'labels', 'input', 'product', 'cell', 'state'];

/** Matrices and lists of parameters, and attributes that give the size of the first axis. */
const WITHOUT_EXAMPLES = ['AllFinite', 'NewtonSchulz', 'SelectList', 'Slice'];

/** The cases of a kernel and of its gradients without examples, one for each set of inputs. */
export function emptyCases(row: KernelRow): RunnableCase[] {
  if (WITHOUT_EXAMPLES.includes(row.kernel)) return [];
  const cases = new Map<string, Case>();
  for (const example of row.cases) {
    const names = findExamples(row.kernel, example);
    const key = Object.keys(example.inputs).join();
    if (example.speed || names.length === 0 || cases.has(key)) continue;
    const inputs = Object.entries(example.inputs).map(([name, input]): [string, Input] => [
      name,
      names.includes(name) ? without(input) : input,
    ]);
    const { gradients, ...rest } = example;
    cases.set(key, { ...rest, name: 'no examples', inputs: Object.fromEntries(inputs) });
  }
  const { list, ...single } = row;
  return runnableCases({ ...single, cases: [...cases.values()] });
}

const without = (input: Input): Input => ({
  ...input,
  shape: [0, ...input.shape.slice(1)],
  values: () => new Float32Array(0),
});

/** The names of the inputs of a case that have examples; none if the case is not one of several examples. */
function findExamples(kernel: string, { inputs, attributes }: Case): string[] {
  const { a, b } = inputs;
  if (a && b) {
    if (!('transposeA' in attributes)) {
      return a.shape.length > 0 && a.shape.join() === b.shape.join() ? ['a', 'b'] : [];
    }
    if (a.shape.length > 2) return ['a', 'b'];
    return attributes.transposeA ? [] : ['a'];
  }
  // Reductions have cases of nothing themselves.
  if ('axis' in attributes && [attributes.axis].flat().includes(0)) return [];
  const names = Object.keys(inputs).filter((name) => EXAMPLES.includes(name));
  return names.every((name) => inputs[name]!.shape.length > (kernel === 'Prelu' ? 1 : 0)) ? names : [];
}
