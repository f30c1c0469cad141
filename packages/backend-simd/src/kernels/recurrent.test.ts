import { relativeRms } from '@tenfold/testing';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { randomTensor, testedBackends } from '../../test/backends';
import { recurrentKernels } from './recurrent';

const variants = await testedBackends();
const sizes = [
  [1, 1],
  [2, 3],
  [5, 8],
  [300, 33],
] as const;
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

type Named = Record<string, TensorInfo>;
type Numbers = Record<string, number>;

describe.each(variants)('time steps of recurrent layers, $name', ({ backend }) => {
  const copies = new Map<TensorInfo, Float32Array>(); // a cache, because reading copies and numbers are read one at a time
  const values = (info: TensorInfo) => {
    if (!copies.has(info)) copies.set(info, backend.readSync(info.dataId) as Float32Array);
    return copies.get(info)!;
  };
  const run = (name: string, inputs: Named): TensorInfo[] =>
    recurrentKernels
      .find(({ kernelName }) => kernelName === name)!
      .kernelFunc({ inputs, backend, attrs: {} }) as TensorInfo[];

  /** Compares output `at` of a kernel with a function of one row and unit in double precision. */
  function holds(
    outputs: TensorInfo[],
    at: number,
    expected: (row: number, unit: number) => number[],
    units: number,
  ) {
    const parts = outputs[at]!.shape[1]! / units;
    const got = values(outputs[at]!);
    const reference = Float64Array.from(got, (_, i) => {
      const [row, column] = [Math.floor(i / (parts * units)), i % (parts * units)];
      return expected(row, column % units)[Math.floor(column / units)]!;
    });
    expect(relativeRms(got, reference)).toBeLessThan(5e-7);
  }

  for (const [batch, units] of sizes) {
    for (const first of [false, true]) {
      const label = `${batch} by ${units}${first ? ', first step' : ''}`;
      const part = (x: TensorInfo | undefined, parts: number, row: number, i: number, unit: number) =>
        x ? values(x)[row * parts * units + i * units + unit]! : 0;

      it(`LSTM, ${label}`, () => {
        const input = randomTensor(backend, [batch, 4 * units], 1);
        const more: Named = first
          ? {}
          : {
              product: randomTensor(backend, [batch, 4 * units], 2),
              cell: randomTensor(backend, [batch, units], 3),
            };
        const step = (row: number, unit: number): Numbers => {
          const [i, f, g, o] = [0, 1, 2, 3].map(
            (gate) => part(input, 4, row, gate, unit) + part(more.product, 4, row, gate, unit),
          ) as [number, number, number, number];
          const [take, keep, candidate, out] = [sigmoid(i), sigmoid(f), Math.tanh(g), sigmoid(o)];
          const before = part(more.cell, 1, row, 0, unit);
          return { take, keep, candidate, out, before, c: keep * before + take * candidate };
        };
        const outputs = run('LstmCell', { input, ...more });
        holds(outputs, 0, (...at) => [step(...at).out! * Math.tanh(step(...at).c!)], units);
        holds(
          outputs,
          1,
          (...at) => {
            const { take, keep, candidate, out } = step(...at) as Required<Numbers>;
            return [take!, keep!, candidate!, out!];
          },
          units,
        );
        holds(outputs, 2, (...at) => [step(...at).c!], units);
        holds(outputs, 3, (...at) => [Math.tanh(step(...at).c!)], units);

        const dstate = randomTensor(backend, [batch, units], 4);
        const carried: Named = first
          ? {}
          : { dcell: randomTensor(backend, [batch, units], 5), cell: more.cell! };
        const [, gates, , tanhCell] = outputs;
        const gradients = run('LstmCellGrad', { dstate, gates: gates!, tanhCell: tanhCell!, ...carried });
        const back = (row: number, unit: number) => {
          const { take, keep, candidate, out, before, c } = step(row, unit) as { [name: string]: number };
          const [dh, t] = [part(dstate, 1, row, 0, unit), Math.tanh(c!)];
          const dc = dh * out! * (1 - t * t) + part(carried.dcell, 1, row, 0, unit);
          return {
            dsums: [
              dc * candidate! * take! * (1 - take!),
              dc * before! * keep! * (1 - keep!),
              dc * take! * (1 - candidate! ** 2),
              dh * t * out! * (1 - out!),
            ],
            dcell: [dc * keep!],
          };
        };
        holds(gradients, 0, (...at) => back(...at).dsums, units);
        holds(gradients, 1, (...at) => back(...at).dcell, units);
      });

      it(`GRU, ${label}`, () => {
        const input = randomTensor(backend, [batch, 3 * units], 1);
        const bias = randomTensor(backend, [units], 6);
        const more: Named = first
          ? {}
          : {
              product: randomTensor(backend, [batch, 3 * units], 2),
              state: randomTensor(backend, [batch, units], 3),
            };
        const step = (row: number, unit: number) => {
          const [r, z, n] = [0, 1, 2].map((gate) => part(input, 3, row, gate, unit)) as [
            number,
            number,
            number,
          ];
          const [pr, pz, pn] = [0, 1, 2].map((gate) => part(more.product, 3, row, gate, unit)) as [
            number,
            number,
            number,
          ];
          const [reset, update, m] = [sigmoid(r + pr), sigmoid(z + pz), pn + values(bias)[unit]!];
          const candidate = Math.tanh(n + reset * m);
          const before = part(more.state, 1, row, 0, unit);
          return { reset, update, m, candidate, before };
        };
        const outputs = run('GruCell', { input, bias, ...more });
        const next = (row: number, unit: number) => {
          const { update, candidate, before } = step(row, unit);
          return [candidate + update * (before - candidate)];
        };
        const computeGates = (row: number, unit: number) => {
          const { reset, update, candidate } = step(row, unit);
          return [reset, update, candidate];
        };
        holds(outputs, 0, next, units);
        holds(outputs, 1, computeGates, units);
        holds(outputs, 2, (...at) => [step(...at).m], units);

        const dstate = randomTensor(backend, [batch, units], 4);
        const [, gates, recurrent] = outputs;
        const state: Named = more.state ? { state: more.state } : {};
        const gradients = run('GruCellGrad', { dstate, gates: gates!, recurrent: recurrent!, ...state });
        const back = (row: number, unit: number) => {
          const { reset, update, m, candidate, before } = step(row, unit);
          const dh = part(dstate, 1, row, 0, unit);
          const dn = dh * (1 - update) * (1 - candidate ** 2);
          const [dr, dz] = [dn * m * reset * (1 - reset), dh * (before - candidate) * update * (1 - update)];
          return { dinput: [dr, dz, dn], dproduct: [dr, dz, dn * reset], dstate: [dh * update] };
        };
        holds(gradients, 0, (...at) => back(...at).dinput, units);
        holds(gradients, 1, (...at) => back(...at).dproduct, units);
        holds(gradients, 2, (...at) => back(...at).dstate, units);
      });
    }
  }

  it('rejects inputs that do not fit', () => {
    const x = randomTensor(backend, [2, 6]);
    expect(() => run('LstmCell', { input: x })).toThrow(
      /LstmCell: input has shape \[2,6\]; expected \[batch, 4·units\]/,
    );
    expect(() => run('GruCell', { input: x, bias: x })).toThrow(
      /GruCell: bias has shape \[2,6\]; expected \[2\]/,
    );
  });
});
