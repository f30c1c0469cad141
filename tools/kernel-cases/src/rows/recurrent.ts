import { type Array64, make } from '../array';
import { normal, values } from '../inputs';
import type { Case, KernelRow } from '../row';

type Named = { readonly [name: string]: Array64 };

const { exp, tanh } = Math;
const sigmoid = (x: number) => 1 / (1 + exp(-x));

/** Sums of input and product by row, part and unit. */
const splitParts = ({ input, product }: Named, units: number, parts: number) => {
  const at = (i: number, part: number) => Math.floor(i / units) * parts * units + part * units + (i % units);
  return {
    input: (i: number, part: number) => input!.values[at(i, part)]!,
    product: (i: number, part: number) => product?.values[at(i, part)] ?? 0,
  };
};

/** Concatenates several parts in every row. */
const concatParts = (batch: number, units: number, parts: Float64Array[]): Array64 =>
  make([batch, parts.length * units], (i) => {
    const [row, column] = [Math.floor(i / (parts.length * units)), i % (parts.length * units)];
    return parts[Math.floor(column / units)]![row * units + (column % units)]!;
  });

const rows = (batch: number, units: number, value: (i: number) => number): Float64Array =>
  make([batch, units], value).values;
const matrix = (batch: number, units: number, values: Float64Array): Array64 => ({
  shape: [batch, units],
  values,
});
/** Part `part` of a row of several, by the index of a unit. */
const splitPart = ({ shape, values }: Array64, parts: number) => {
  const units = shape[1]! / parts;
  return (i: number, part: number) =>
    values[Math.floor(i / units) * parts * units + part * units + (i % units)]!;
};

const sizes = [
  [1, 1],
  [3, 2],
  [5, 7],
  [33, 64],
  [250, 65],
] as const;

/** One step of an LSTM. */
export const lstmCell: KernelRow = {
  kernel: 'LstmCell',
  describe: {
    inputs: 'input, product? [batch, 4 units], cell? [batch, units]',
    attributes: '',
    outputs:
      'with i, f, g, o the parts of input + product: state h = σ(o)·tanh(c) [batch, units]; gates [batch, 4 units] = ' +
      'σ(i), σ(f), tanh(g), σ(o); c = σ(f)·cell + σ(i)·tanh(g); tanh(c)',
  },
  reference: (inputs) => {
    const [batch, width] = inputs.input!.shape as [number, number];
    const units = width / 4;
    const { input, product } = splitParts(inputs, units, 4);
    const gates = [0, 1, 2, 3].map((part) =>
      rows(batch, units, (i) => (part === 2 ? tanh : sigmoid)(input(i, part) + product(i, part))),
    ) as [Float64Array, Float64Array, Float64Array, Float64Array];
    const [take, keep, candidate, out] = gates;
    const c = rows(batch, units, (i) => keep[i]! * (inputs.cell?.values[i] ?? 0) + take[i]! * candidate[i]!);
    const tanhCell = c.map(tanh);
    const h = tanhCell.map((value, i) => out[i]! * value);
    return [
      matrix(batch, units, h),
      concatParts(batch, units, gates),
      matrix(batch, units, c),
      matrix(batch, units, tanhCell),
    ];
  },
  cases: [
    ...sizes.flatMap(([batch, units]): Case[] => [
      {
        name: `[${batch}, ${units}]`,
        inputs: {
          input: normal([batch, 4 * units], 1),
          product: normal([batch, 4 * units], 2),
          cell: normal([batch, units], 3),
        },
        attributes: {},
      },
      {
        name: `[${batch}, ${units}], the first step`,
        inputs: { input: normal([batch, 4 * units], 1) },
        attributes: {},
      },
    ]),
    {
      name: '±80',
      inputs: { input: values([80, -80, 80, 80, -80, -80, -80, -80], [2, 4]) },
      attributes: {},
      extreme: true,
    },
  ],
  tolerance: { absolute: 2e-6, relative: 2e-6 },
  gradient: {
    kernel: 'LstmCellGrad',
    describe: {
      inputs: 'dstate, dcell?, gates, tanhCell = tanh(c), cell? (before)',
      attributes: '',
      outputs: 'gradient of input and product [batch, 4 units]; dcell (before)',
    },
    of: { dstate: 0, dcell: 2 },
    saved: ({ cell }, [, gates, , tanhCell]) => ({
      gates: gates!,
      tanhCell: tanhCell!,
      ...(cell && { cell }),
    }),
    outputs: ['input', 'cell'],
    reference: ({ dstate, dcell, gates, tanhCell, cell }) => {
      const [batch, units] = dstate!.shape as [number, number];
      const gate = splitPart(gates!, 4);
      const total = rows(batch, units, (i) => {
        const t = tanhCell!.values[i]!;
        return (dcell?.values[i] ?? 0) + dstate!.values[i]! * gate(i, 3) * (1 - t * t);
      });
      const slope = (s: number) => s * (1 - s);
      const dsums = [
        rows(batch, units, (i) => total[i]! * gate(i, 2) * slope(gate(i, 0))),
        rows(batch, units, (i) => total[i]! * (cell?.values[i] ?? 0) * slope(gate(i, 1))),
        rows(batch, units, (i) => total[i]! * gate(i, 0) * (1 - gate(i, 2) ** 2)),
        rows(batch, units, (i) => dstate!.values[i]! * tanhCell!.values[i]! * slope(gate(i, 3))),
      ];
      return [
        concatParts(batch, units, dsums),
        matrix(
          batch,
          units,
          total.map((value, i) => value * gate(i, 1)),
        ),
      ];
    },
    tolerance: { absolute: 2e-6, relative: 1e-5 },
  },
};

/** One step of a GRU. */
export const gruCell: KernelRow = {
  kernel: 'GruCell',
  describe: {
    inputs: 'input, product? [batch, 3 units], bias [units], state? [batch, units]',
    attributes: '',
    outputs:
      "state h = n + z·(state − n); gates [batch, 3 units] = r, z, n; recurrent m = the product's third part + bias; " +
      "r and z are σ of input + product, n = tanh(input's third part + r·m)",
  },
  reference: (inputs) => {
    const [batch, width] = inputs.input!.shape as [number, number];
    const units = width / 3;
    const { input, product } = splitParts(inputs, units, 3);
    const [r, z] = [0, 1].map((part) =>
      rows(batch, units, (i) => sigmoid(input(i, part) + product(i, part))),
    ) as [Float64Array, Float64Array];
    const m = rows(batch, units, (i) => product(i, 2) + inputs.bias!.values[i % units]!);
    const n = m.map((value, i) => tanh(input(i, 2) + r[i]! * value));
    const h = n.map((value, i) => value + z[i]! * ((inputs.state?.values[i] ?? 0) - value));
    return [matrix(batch, units, h), concatParts(batch, units, [r, z, n]), matrix(batch, units, m)];
  },
  cases: [
    ...sizes.flatMap(([batch, units]): Case[] => [
      {
        name: `[${batch}, ${units}]`,
        inputs: {
          input: normal([batch, 3 * units], 1),
          product: normal([batch, 3 * units], 2),
          bias: normal([units], 3),
          state: normal([batch, units], 4),
        },
        attributes: {},
      },
      {
        name: `[${batch}, ${units}], the first step`,
        inputs: { input: normal([batch, 3 * units], 1), bias: normal([units], 3) },
        attributes: {},
      },
    ]),
    {
      name: 'tanh of small sums',
      inputs: {
        input: values(
          [0, 1e-6, 0.01, 0.2999, 0.3001, -0.1].flatMap((x) => [0, 0, x]),
          [6, 3],
        ),
        bias: values([0]),
      },
      attributes: {},
      tolerance: { relative: 6e-7 },
    },
  ],
  tolerance: { absolute: 2e-6, relative: 2e-6 },
  gradient: {
    kernel: 'GruCellGrad',
    describe: {
      inputs: 'dstate, gates, recurrent, state? (before)',
      attributes: '',
      outputs: 'dinput; dproduct; dstate (before), without what comes through the product',
    },
    of: { dstate: 0 },
    saved: ({ state }, [, gates, recurrent]) => ({
      gates: gates!,
      recurrent: recurrent!,
      ...(state && { state }),
    }),
    outputs: ['input', 'product', 'state'],
    reference: ({ dstate, gates, recurrent, state }) => {
      const [batch, units] = dstate!.shape as [number, number];
      const gate = splitPart(gates!, 3);
      const slope = (s: number) => s * (1 - s);
      const dn = rows(batch, units, (i) => dstate!.values[i]! * (1 - gate(i, 1)) * (1 - gate(i, 2) ** 2));
      const dr = dn.map((value, i) => value * recurrent!.values[i]! * slope(gate(i, 0)));
      const dz = rows(
        batch,
        units,
        (i) => dstate!.values[i]! * ((state?.values[i] ?? 0) - gate(i, 2)) * slope(gate(i, 1)),
      );
      const through = dn.map((value, i) => value * gate(i, 0));
      return [
        concatParts(batch, units, [dr, dz, dn]),
        concatParts(batch, units, [dr, dz, through]),
        matrix(
          batch,
          units,
          rows(batch, units, (i) => dstate!.values[i]! * gate(i, 1)),
        ),
      ];
    },
    tolerance: { absolute: 2e-6, relative: 1e-5 },
  },
};
