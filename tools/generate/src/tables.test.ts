import { describe, expect, it } from 'vitest';
import { datasetTable, type Entry, exportTable, propertyTable, select } from '../tables.mjs';

const entry = (name: string, parts: Partial<Entry> = {}): Entry => ({
  name,
  file: `src/${name}.ts`,
  returns: 'Layer',
  paragraphs: ['What it is.'],
  parameters: [],
  options: [],
  tag: () => undefined,
  ...parts,
});

const cells = (table: string): string[][] =>
  table.split('\n').map((line) => line.slice(2, -2).split(/(?<!\\) \| /));

describe('exportTable', () => {
  it('gives name and first sentence, and no column that nothing fills', () => {
    const l1 = entry('l1', { paragraphs: ['The sum of |w|, e.g. of Kernels. Another sentence.', 'Prose.'] });
    expect(exportTable([l1])).toBe(
      '| name | description |\n| --- | --- |\n| [`l1`](src/l1.ts) | The sum of \\|w\\|, e.g. of Kernels |',
    );
  });

  it('gives the formula, the shapes and the options where there are some', () => {
    const layer = entry('dense', {
      paragraphs: ['Fully connected.', 'y = x·W + b. Both are float32.', 'Runs the kernel X.'],
      parameters: [{ name: 'options' }],
      options: [
        { name: 'units', optional: false },
        { name: 'bias', optional: true, default: 'true' },
        { name: 'seed', optional: true },
      ],
      tag: () => 'a layer from [batch, in] to [batch, out]; float32',
    });
    expect(cells(exportTable([layer, entry('flatten')]))).toEqual([
      ['name', 'description', 'formula', 'input → output', 'options and defaults'],
      ['---', '---', '---', '---', '---'],
      [
        '[`dense`](src/dense.ts)',
        'Fully connected',
        'y = x·W + b',
        '[batch, in] → [batch, out]',
        '`units` (required), `bias` true, `seed`',
      ],
      ['[`flatten`](src/flatten.ts)', 'What it is', '', '', ''],
    ]);
  });

  it('refuses an export without a docstring', () => {
    expect(() => exportTable([entry('dense', { paragraphs: [] })])).toThrow('dense has no docstring');
  });
});

describe('propertyTable', () => {
  const steps = { name: 'steps', doc: 'The number of steps.', optional: false };
  const seed = { name: 'seed', doc: 'The seed, 0 by default.', optional: true };

  it('marks the required options, and gives the fields of a result as they are', () => {
    expect(cells(propertyTable('RunOptions', [seed, steps]))).toEqual([
      ['option', 'description'],
      ['---', '---'],
      ['`steps` (required)', 'The number of steps'],
      ['`seed`', 'The seed, 0 by default'],
    ]);
    expect(cells(propertyTable('RunReport', [steps])).slice(0, 3)).toEqual([
      ['field', 'description'],
      ['---', '---'],
      ['`steps`', 'The number of steps'],
    ]);
  });

  it('refuses a property without a docstring, and a type without properties', () => {
    expect(() => propertyTable('RunOptions', [{ ...steps, doc: '' }])).toThrow('steps has no docstring');
    expect(() => propertyTable('RunOptions', [])).toThrow('it has none');
  });
});

describe('datasetTable', () => {
  const loader = (...paragraphs: string[]) =>
    entry('digits', {
      returns: 'DatasetLoader',
      parameters: [{ name: 'options' }],
      options: [{ name: 'sources', optional: true }],
      paragraphs,
    });

  it('gives what is loaded and the size of the first load', () => {
    const table = datasetTable([
      loader('Loads digits.', 'The first load downloads 11 MB.'),
      entry('batches'),
    ]);
    expect(cells(table).at(-1)).toEqual(['[`digits()`](src/digits.ts)', 'digits', '11 MB']);
  });

  it('refuses a docstring that does not say the size', () => {
    expect(() => datasetTable([loader('Loads digits.')])).toThrow('digits: its docstring does not say');
  });
});

describe('select', () => {
  const wrapper = entry('clip', {
    returns: 'Optimizer',
    parameters: [{ name: 'optimizer' }, { name: 'options' }],
    options: [{ name: 'maxNorm', optional: false }],
  });
  const rule = entry('adam', {
    returns: 'Optimizer',
    parameters: [{ name: 'options' }],
    options: [{ name: 'epsilon', optional: true }],
  });
  const all = [wrapper, rule, entry('Zeros', { file: 'src/values/zeros.ts' })];

  it.each([
    ['all', ['adam', 'clip', 'Zeros']],
    ['returning Optimizer', ['adam', 'clip']],
    ['returning Optimizer from options', ['adam']],
    ['of values', ['Zeros']],
  ])('%s', (words, names) => {
    expect(select(all, words).map(({ name }) => name)).toEqual(names);
  });

  it('refuses what selects nothing', () => {
    expect(() => select(all, 'returning Schedule')).toThrow('"exports returning Schedule": there is none');
    expect(() => select(all, 'something')).toThrow('write "returning TYPE"');
  });
});
