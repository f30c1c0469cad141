import type { TensorInfo } from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { Deferrals } from './deferrals';

describe('Deferrals', () => {
  let references: Map<object, number>;
  let deferrals: Deferrals;
  const tensor = (): TensorInfo => {
    const info = { dataId: {}, shape: [2], dtype: 'float32' as const };
    references.set(info.dataId, 1);
    return info;
  };
  const count = ({ dataId }: TensorInfo) => references.get(dataId);
  const add = (dataId: object, by: number) => references.set(dataId, references.get(dataId)! + by);

  beforeEach(() => {
    references = new Map();
    deferrals = new Deferrals({
      incRef: (dataId) => add(dataId, 1),
      release: ({ dataId }) => add(dataId, -1),
      isolate: (run) => run(),
    });
  });

  it('runs a dispatch once, when the first of its outputs is needed, and releases the inputs', () => {
    const [x, a, b] = [tensor(), tensor(), tensor()];
    const runs: unknown[] = [];
    deferrals.defer({
      inputs: { x },
      outputs: [a, b],
      run: ({ x }, waiting) => runs.push(x!.dataId, waiting),
    });
    expect([runs, count(x)]).toEqual([[], 2]);
    deferrals.compute(b.dataId);
    deferrals.compute(a.dataId);
    expect(runs).toEqual([x.dataId, [a, b]]);
    expect(count(x)).toBe(1);
    expect(deferrals.of(a)).toBeUndefined();
  });

  it('never runs what nobody needs', () => {
    const [x, a, b] = [tensor(), tensor(), tensor()];
    const run = () => expect.unreachable();
    deferrals.defer({ inputs: { x }, outputs: [a, b], run });
    deferrals.discard(a.dataId);
    expect(count(x)).toBe(2);
    deferrals.discard(b.dataId);
    expect(count(x)).toBe(1);
    deferrals.compute(b.dataId);
  });

  it('computes what is left when some outputs were disposed', () => {
    const [x, a, b] = [tensor(), tensor(), tensor()];
    let computed: readonly TensorInfo[] = [];
    deferrals.defer({
      inputs: { x },
      outputs: [a, b],
      run: (_, waiting) => {
        computed = waiting;
      },
    });
    deferrals.discard(a.dataId);
    deferrals.compute(b.dataId);
    expect(computed).toEqual([b]);
    expect(count(x)).toBe(1);
  });

  it('computes some outputs in another way, and keeps the inputs for the rest', () => {
    const [x, a, b, extra] = [tensor(), tensor(), tensor(), tensor()];
    const dispatch = deferrals.defer({ inputs: { x }, outputs: [a, b], run: () => {} });
    dispatch.keep(extra);
    dispatch.settle([b], (waiting) => {
      expect(waiting).toEqual([b]);
      // Reading it while it is written must not run the dispatch again.
      expect(deferrals.of(b)).toBeUndefined();
    });
    expect([count(x), count(extra), deferrals.of(a)]).toEqual([2, 1, dispatch]);
    deferrals.compute(a.dataId);
    expect([count(x), count(extra)]).toEqual([1, 0]);
  });

  it('reads what a variable was, and releases it when the run fails', () => {
    const [x, later, y] = [tensor(), tensor(), tensor()];
    const first = x.dataId;
    deferrals.defer({
      inputs: { x },
      outputs: [y],
      run: (inputs) => {
        expect(inputs.x!.dataId).toBe(first);
        throw new Error('no memory');
      },
    });
    x.dataId = later.dataId;
    expect(() => deferrals.compute(y.dataId)).toThrow('no memory');
    expect(references.get(first)).toBe(1);
  });
});
