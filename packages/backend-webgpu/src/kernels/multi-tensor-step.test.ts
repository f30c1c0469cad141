import { expectClose } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { normals, runKernel, startWebgpu } from '../../test/webgpu';
import type { WebgpuBackend } from '../backend';

const available = await startWebgpu();
// Vectors and scalars, more than one dispatch binds, one too large for an arena, and one without elements.
const shapes = [[64], [3], [0], [5, 7], [1], [2001], [10, 9], [262_148], [3, 3, 4, 8], [70_000], [10]];
const many = [...shapes, ...Array.from({ length: 12 }, (_, i) => [i + 1])];
const varyDecays = (n: number) => Array.from({ length: n }, (_, i) => 0.01 * (i % 3));

const rules = {
  AdamW: {
    slots: ['mean', 'square'],
    attrs: { learningRate: 0.3, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, step: 3 },
  },
  Sgd: { slots: ['momentum'], attrs: { learningRate: 0.3, momentum: 0.9, nesterov: true, decoupled: false } },
} as const;
type Rule = keyof typeof rules;
const variants: [string, Rule, object][] = [
  ['AdamW', 'AdamW', {}],
  ['Sgd', 'Sgd', {}],
  ['Sgd, decoupled', 'Sgd', { decoupled: true }],
];

const values = (shape: number[], seed: number, isSquare: boolean): tf.Tensor => {
  const numbers = normals(tf.util.sizeFromShape(shape), seed);
  return tf.tensor(isSquare ? numbers.map((x) => x * x) : numbers, shape, 'float32');
};

/** The tensors of a list: gradients, parameters and slots, each of all parameters. */
const createColumns = (rule: Rule, shapeList: number[][], seed = 0): tf.Tensor[][] =>
  ['gradient', 'parameter', ...rules[rule].slots].map((name, c) =>
    shapeList.map((shape, i) => values(shape, seed + 100 * c + i + 1, name === 'square')),
  );

function runList(rule: Rule, columns: tf.Tensor[][], more: object = {}): tf.Tensor[][] {
  const n = columns[0]!.length;
  const attrs = { ...rules[rule].attrs, weightDecays: varyDecays(n), ...more };
  const list = columns.flat() as unknown as Record<string, tf.Tensor>;
  const outputs = runKernel(`${rule}List`, list, attrs);
  return ['update', ...rules[rule].slots].map((_, o) => outputs.slice(o * n, (o + 1) * n));
}

/** The same with the kernel for one parameter. */
function runEach(rule: Rule, columns: tf.Tensor[][], more: object = {}): tf.Tensor[][] {
  const weightDecays = varyDecays(columns[0]!.length);
  const outputs = columns[0]!.map((gradient, i) => {
    const slots = Object.fromEntries(rules[rule].slots.map((slot, s) => [slot, columns[s + 2]![i]!]));
    const inputs = { gradient, parameter: columns[1]![i]!, ...slots };
    return runKernel(rule, inputs, { ...rules[rule].attrs, weightDecay: weightDecays[i], ...more });
  });
  return ['update', ...rules[rule].slots].map((_, o) => outputs.map((outputs) => outputs[o]!));
}

const isNotEmpty = ({ size }: tf.Tensor) => size > 0;
const bits = async (tensors: tf.Tensor[]) =>
  Promise.all(
    tensors
      .filter(isNotEmpty)
      .map(async (t) => [t.shape, Buffer.from((await t.data()).slice().buffer).toString('base64')]),
  );
/** What a training does with a step: adds the updates to the parameters. */
const sums = (parameters: tf.Tensor[], updates: tf.Tensor[]) =>
  parameters.map((parameter, i) => tf.add(parameter, updates[i]!));

describe.runIf(available)('steps of optimizers for lists of parameters', () => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());
  const usedBuffers = () => (tf.backend() as WebgpuBackend).bufferManager.getNumUsedBuffers();

  for (const [name, rule, more] of variants) {
    for (const shapeList of [[[1]], shapes, many]) {
      it(`${name} of ${shapeList.length} has the bits of the kernel for one parameter`, async () => {
        const columns = createColumns(rule, shapeList);
        const [listed, each] = [runList(rule, columns, more), runEach(rule, columns, more)];
        expect(listed.map((column) => column.map(({ shape }) => shape))).toEqual(listed.map(() => shapeList));
        const parameters = columns[1]!;
        expect(await bits(sums(parameters, listed[0]!))).toEqual(await bits(sums(parameters, each[0]!)));
        for (const [o, column] of listed.entries()) expect(await bits(column)).toEqual(await bits(each[o]!));
      });
    }

    it(`${name} continues from its own results as the kernel for one parameter does`, async () => {
      let listed = createColumns(rule, many).slice(1);
      let each = listed;
      for (let step = 0; step < 4; step++) {
        const gradients = many.map((shape, i) => values(shape, 1000 * step + i + 1, false));
        const next = runList(rule, [gradients, ...listed], more);
        listed = [sums(listed[0]!, next[0]!), ...next.slice(1)];
        const alone = runEach(rule, [gradients, ...each], more);
        each = [sums(each[0]!, alone[0]!), ...alone.slice(1)];
      }
      for (const [c, column] of listed.entries()) expect(await bits(column)).toEqual(await bits(each[c]!));
    });
  }

  it('an update that is read and not added is the same', async () => {
    const columns = createColumns('AdamW', shapes);
    const listed = runList('AdamW', columns);
    expect(await bits(listed[0]!)).toEqual(await bits(runEach('AdamW', columns)[0]!));
    expect(await bits(sums(columns[1]!, listed[0]!))).toEqual(
      await bits(sums(columns[1]!, runEach('AdamW', columns)[0]!)),
    );
  });

  it('reads no parameter where nothing depends on it', async () => {
    const columns = createColumns('Sgd', [[64], [5]]);
    const weightDecays = [0, 0];
    const [updates, momenta] = runList('Sgd', columns, { weightDecays, learningRate: -1 });
    const each = runEach('Sgd', columns, { weightDecay: 0, learningRate: -1 });
    expect(await bits(updates!)).toEqual(await bits(each[0]!));
    // Again from a momentum that is a part of an arena whose parameters are not there.
    const again = runList('Sgd', [columns[0]!, columns[1]!, momenta!], { weightDecays, learningRate: -1 });
    const eachAgain = runEach('Sgd', [columns[0]!, columns[1]!, each[1]!], {
      weightDecay: 0,
      learningRate: -1,
    });
    expect(await bits(again[0]!)).toEqual(await bits(eachAgain[0]!));
  });

  it('takes parameters that came from elsewhere, fewer of them, and in another order', async () => {
    const columns = createColumns('Sgd', many);
    const first = runList('Sgd', columns);
    const parameters = sums(columns[1]!, first[0]!);
    parameters[3] = tf.mul(parameters[3]!, 2);
    const chosen = [9, 3, 1, 14];
    const pick = (column: tf.Tensor[]) => chosen.map((i) => column[i]!);
    const next = [columns[0]!, parameters, first[1]!].map(pick);
    const [listed, each] = [runList('Sgd', next), runEach('Sgd', next)];
    expect(await bits(sums(next[1]!, listed[0]!))).toEqual(await bits(sums(next[1]!, each[0]!)));
    expect(await bits(listed[1]!)).toEqual(await bits(each[1]!));
  });

  it('results are tensors like others: for every kernel, for slices of them, as a gradient of themselves', async () => {
    const columns = createColumns('Sgd', [[6], [8], [2, 5]]);
    const want = sums(columns[1]!, runEach('Sgd', columns)[0]!);
    const listed = runList('Sgd', columns);
    const got = sums(columns[1]!, listed[0]!);
    const use = (t: tf.Tensor[]) => [
      tf.relu(t[0]!), // tfjs's kernel
      tf.slice(t[1]!, 2, 3),
      tf.matMul(t[2] as tf.Tensor2D, t[2] as tf.Tensor2D, false, true),
      tf.concat([t[0]!, t[1]!]),
      tf.sum(t[1]!),
    ];
    const expected = use(want);
    for (const [i, out] of use(got).entries()) await expectClose(out, await expected[i]!.data());
    expect(Array.from(await got[1]!.data())).toEqual(Array.from(await want[1]!.data()));
    // Read, and still bound by kernels.
    await expectClose(tf.mul(got[1]!, 2), await tf.mul(want[1]!, 2).data());
    const again = runList('Sgd', [got, got, listed[1]!]);
    const eachAgain = runEach('Sgd', [want, want, listed[1]!]);
    expect(await bits(sums(got, again[0]!))).toEqual(await bits(sums(want, eachAgain[0]!)));
  });

  it('zeros and gradients of ±80 stay finite', async () => {
    const shapeList = [[4], [3]];
    const zeros = shapeList.map((shape) => tf.zeros(shape));
    const [update, mean, square] = runList('AdamW', [zeros, zeros, zeros, zeros]);
    for (const t of [update!, mean!, square!].flat()) await expectClose(t, new Float32Array(t.size));
    const large = [tf.tensor1d([80, -80, 80, -80]), tf.tensor1d([-80, 0, 80])];
    const moved = runList('AdamW', [large, zeros, zeros, zeros], { step: 0 });
    await expectClose(moved[0]![0]!, [-0.3, 0.3, -0.3, 0.3], { relative: 1e-5 });
    await expectClose(moved[0]![1]!, [0.3, 0, -0.3], { relative: 1e-5 });
  });

  it('leaves nothing behind, whatever is disposed first', async () => {
    const steps = async (order: string) => {
      const [gradients, parameters, ...slots] = createColumns('AdamW', many) as [
        tf.Tensor[],
        ...tf.Tensor[][],
      ];
      let state = slots;
      const variables = parameters!.map((parameter) => tf.variable(parameter));
      for (let step = 0; step < 3; step++) {
        const [updates, ...next] = runList('AdamW', [gradients, variables, ...state], { step });
        if (order === 'one update unused') updates!.splice(4, 1)[0]!.dispose();
        const pairs = order === 'one update unused' ? variables.filter((_, i) => i !== 4) : variables;
        if (order === 'nothing added') tf.dispose(updates!);
        else {
          pairs.forEach((variable, i) => {
            const sum = tf.add(variable, updates![i]!);
            variable.assign(sum);
            tf.dispose([sum, updates![i]!]);
          });
        }
        tf.dispose(state);
        state = next;
      }
      await Promise.all(variables.filter(isNotEmpty).map((variable) => variable.data()));
      tf.dispose([gradients, parameters!, variables, state]);
    };
    for (const order of ['as trained', 'one update unused', 'nothing added']) {
      await steps(order);
      const before = { ...tf.memory(), buffers: usedBuffers() };
      await steps(order);
      const after = { ...tf.memory(), buffers: usedBuffers() };
      expect({ order, ...after }).toMatchObject({
        order,
        numTensors: before.numTensors,
        numDataBuffers: before.numDataBuffers,
        buffers: before.buffers,
      });
    }
  });

  it('refuses what is not in whole columns, of float32, of one shape per parameter', () => {
    const [a, b] = [tf.zeros([3]), tf.zeros([4])];
    const run = (list: tf.Tensor[]) =>
      runKernel('SgdList', list as unknown as Record<string, tf.Tensor>, {
        ...rules.Sgd.attrs,
        weightDecays: [0],
      });
    expect(() => run([a, a])).toThrow(
      'SgdList: 2 inputs; expected the same number each of gradient, parameter, momentum, in this order',
    );
    expect(() => run([a, b, b])).toThrow('SgdList: gradient 0 has shape [3]; expected [4]');
    expect(() => run([tf.zeros([3], 'int32'), a, a])).toThrow('SgdList: gradient 0 is int32');
    expect(run([])).toEqual([]);
  });
});
