import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { normals, runKernel, startWebgpu } from '../../test/webgpu';

const available = await startWebgpu();
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const { tanh } = Math;
type Values = Record<string, Float32Array>;

/** One unit of a row: parts of a tensor by name and number. */
type At = (name: string, part?: number) => number;

/** Outputs of one row and unit in double precision, each with its parts. */
const rules: Record<string, (at: At) => number[][]> = {
  LstmCell: (at) => {
    const [i, f, g, o] = [0, 1, 2, 3].map((part) => at('input', part) + at('product', part)) as number[];
    const gates = [sigmoid(i!), sigmoid(f!), tanh(g!), sigmoid(o!)];
    const cell = gates[1]! * at('cell') + gates[0]! * gates[2]!;
    return [[gates[3]! * tanh(cell)], gates, [cell], [tanh(cell)]];
  },
  LstmCellGrad: (at) => {
    const [i, f, g, o] = [0, 1, 2, 3].map((part) => at('gates', part)) as [number, number, number, number];
    const [dh, t] = [at('dstate'), at('squashed')];
    const dc = dh * o * (1 - t * t) + at('dcell');
    const gradients = [
      dc * g * i * (1 - i),
      dc * at('cell') * f * (1 - f),
      dc * i * (1 - g * g),
      dh * t * o * (1 - o),
    ];
    return [gradients, [dc * f]];
  },
  GruCell: (at) => {
    const [r, z] = [0, 1].map((part) => sigmoid(at('input', part) + at('product', part))) as [number, number];
    const m = at('product', 2) + at('bias');
    const n = tanh(at('input', 2) + r * m);
    return [[n + z * (at('state') - n)], [r, z, n], [m]];
  },
  GruCellGrad: (at) => {
    const [r, z, n] = [0, 1, 2].map((part) => at('gates', part)) as [number, number, number];
    const dh = at('dstate');
    const dz = dh * (at('state') - n) * z * (1 - z);
    const dn = dh * (1 - z) * (1 - n * n);
    const dr = dn * at('recurrent') * r * (1 - r);
    return [[dr, dz, dn], [dr, dz, dn * r], [dh * z]];
  },
};

/** Inputs and how many parts they have (0: one row); the second list may be left out. */
const kernels = {
  LstmCell: [{ input: 4 }, { product: 4, cell: 1 }],
  LstmCellGrad: [
    { dstate: 1, gates: 4, squashed: 1 },
    { dcell: 1, cell: 1 },
  ],
  GruCell: [
    { input: 3, bias: 0 },
    { product: 3, state: 1 },
  ],
  GruCellGrad: [{ dstate: 1, gates: 3, recurrent: 1 }, { state: 1 }],
} as unknown as Record<string, [Record<string, number>, Record<string, number>]>;

describe.runIf(available)('steps of recurrent layers', () => {
  for (const [name, [needed, more]] of Object.entries(kernels)) {
    for (const [batch, units] of [
      [1, 1],
      [2, 3],
      [5, 8],
      [70, 33],
    ] as const) {
      for (const isFirst of [false, true]) {
        it(`${name}, ${batch} by ${units}${isFirst ? ', first step' : ''}`, async () => {
          const parts = isFirst ? needed : { ...needed, ...more };
          const values: Values = Object.fromEntries(
            Object.entries(parts).map(([key, columns], i) => {
              const numbers = normals((columns || 1 / batch) * batch * units, i + 1);
              return [key, key === 'gates' || key === 'squashed' ? numbers.map(sigmoid) : numbers];
            }),
          );
          await expectNoLeaks(async () => {
            const shape = (columns: number) => (columns ? [batch, columns * units] : [units]);
            const inputs = Object.fromEntries(
              Object.entries(parts).map(([key, columns]) => [key, tf.tensor(values[key]!, shape(columns))]),
            );
            const outputs = runKernel(name, inputs);
            const want = (row: number, unit: number) =>
              rules[name]!((key, part = 0) => {
                const columns = parts[key];
                if (columns === undefined) return 0;
                return values[key]![(columns ? row * columns * units : 0) + part * units + unit]!;
              });
            for (const [o, output] of outputs.entries()) {
              const width = output.shape[1]!;
              const expected = Array.from({ length: batch * width }, (_, i) => {
                const column = i % width;
                return want(Math.floor(i / width), column % units)[o]![Math.floor(column / units)]!;
              });
              await expectClose(output, expected, { absolute: 3e-7, relative: 3e-6 });
            }
            return [...Object.values(inputs), ...outputs];
          });
        });
      }
    }
  }

  it('saturates at ±80 and is exact for small sums', async () => {
    const input = tf.tensor2d([[80, -80, 80, 80]]);
    const [state, gates, cell] = runKernel('LstmCell', { input }) as [tf.Tensor, tf.Tensor, tf.Tensor];
    await expectClose(gates, [1, 0, 1, 1]);
    await expectClose(cell, [1]);
    await expectClose(state, [tanh(1)]);
    const low = runKernel('LstmCell', { input: tf.fill([1, 4], -80) });
    await expectClose(low[0]!, [0]);
    for (const x of [0, 1e-6, 0.01, 0.2999, 0.3001, -0.1]) {
      const bias = tf.tensor1d([0]);
      const given = { input: tf.tensor2d([[0, 0, x]]), bias };
      const [, triple] = runKernel('GruCell', given) as [tf.Tensor, tf.Tensor];
      await expectClose(tf.slice(triple, [0, 2], [1, 1]), [tanh(x)], { absolute: 0, relative: 5e-7 });
    }
  });

  it('says what does not fit', () => {
    const x = tf.zeros([2, 6]);
    expect(() => runKernel('LstmCell', { input: x })).toThrow(
      /LstmCell: input has shape \[2,6\]; expected \[batch, 4·units\]/,
    );
    expect(() => runKernel('GruCell', { input: x, bias: x })).toThrow(
      /GruCell: bias has shape \[2,6\]; expected \[2\]/,
    );
  });
});
