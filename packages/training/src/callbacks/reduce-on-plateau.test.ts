import { createModel, dense } from '@tenfold/layers';
import { meanSquaredError } from '@tenfold/losses';
import { accumulate, lookahead, type Optimizer, partition, sgd } from '@tenfold/optimizers';
import { expectClose, goldens } from '@tenfold/testing';
import { describe, expect, it } from 'vitest';
import { type EpochReport, earlyStopping, fit, learningRateLogger, reduceOnPlateau } from '../index';

interface Case {
  options: { mode: 'min' | 'max' };
  values: number[];
  rates: number[];
}
const { reduceOnPlateau: cases } = goldens<Case[]>(new URL('../../goldens/', import.meta.url)) as {
  reduceOnPlateau: Case[];
};

describe('reduceOnPlateau', () => {
  it.each(cases.map((c, i) => [i, JSON.stringify(c.options), c] as const))(
    'has the learning rates of PyTorch: %i %s',
    async (_, __, { options, values, rates }) => {
      let stepCount = 0;
      const plateau = reduceOnPlateau({ learningRate: 0.1, metric: (report) => report.loss, ...options });
      const trainer = {
        get stepCount() {
          return stepCount;
        },
      };
      const context = { trainer, validated: [], epochs: 36, stepsPerEpoch: 1 };
      const hooks = await plateau(context as never);
      const found: number[] = [];
      for (const loss of values) {
        plateau.learningRate(stepCount++);
        await hooks.onEpoch!({ loss } as EpochReport);
        found.push(plateau.learningRate(stepCount));
      }
      await expectClose(found, rates, { absolute: 0 });
    },
  );

  it('names its learning rate where the optimizer was given the callback', async () => {
    const model = createModel(dense({ inFeatures: 1, outFeatures: 1 }));
    const train = (callback: unknown) =>
      fit(model, {
        data: { xs: [[1], [2]], ys: [[1], [2]] },
        loss: meanSquaredError,
        optimizer: sgd({ learningRate: callback as () => number }),
        epochs: 1,
      });
    await expect(train(reduceOnPlateau({ learningRate: 0.1, metric: () => 1, mode: 'min' }))).rejects.toThrow(
      /^reduceOnPlateau: the callback was called with 0; as a schedule, give the optimizer \{ learningRate: plateau.learningRate \}, and fit the callback$/,
    );
    await expect(train(earlyStopping({ patience: 1, metric: () => 1, mode: 'min' }))).rejects.toThrow(
      /^earlyStopping: the callback was called with 0; give it to fit or train, in the array callbacks$/,
    );
    model.dispose();
  });

  it('scales a schedule, and keeps what it has learned from one run to the next', async () => {
    const schedule = (step: number) => 0.1 / (step + 1);
    const plateau = reduceOnPlateau({
      learningRate: schedule,
      metric: () => 1,
      mode: 'min',
      patience: 0,
      factor: 0.5,
    });
    const model = createModel(dense({ inFeatures: 1, outFeatures: 1 }));
    const run = () =>
      fit(model, {
        data: { xs: [[1]], ys: [[1]] },
        loss: meanSquaredError,
        optimizer: sgd({ learningRate: plateau.learningRate }),
        epochs: 2,
        callbacks: [plateau, learningRateLogger({ learningRate: plateau.learningRate })],
      });
    // The first value is the best; the second lowers the rate.
    const rates = (reports: EpochReport[]) => reports.map(({ values }) => values.learningRate);
    expect(rates(await run())).toEqual([0.1, 0.025]);
    expect(rates(await run())).toEqual([0.025, 0.0125 / 2 / 1]);
    model.dispose();
  });

  it('says when the optimizer does not read it, after the first epoch with an update', async () => {
    const model = createModel(dense({ inFeatures: 1, outFeatures: 1 }));
    const run = (optimizer: typeof sgd | undefined, accumulate: number, epochs: number) => {
      const plateau = reduceOnPlateau({ learningRate: 0.1, metric: () => 1, mode: 'min' });
      const { learningRate } = plateau;
      return fit(model, {
        data: { xs: [[1]], ys: [[1]] },
        loss: meanSquaredError,
        optimizer: sgd({ learningRate: optimizer ? learningRate : 0.1 }),
        epochs,
        accumulate,
        callbacks: [learningRateLogger({ learningRate }), plateau],
      });
    };
    await expect(run(undefined, 1, 1)).rejects.toThrow(
      /^reduceOnPlateau: the optimizer has not read its learning rate, .*; give the optimizer \{ learningRate: plateau/,
    );
    await expect(run(undefined, 2, 2)).rejects.toMatchObject({ reports: [{ epoch: 0 }, { epoch: 1 }] });
    expect(await run(sgd, 2, 3)).toHaveLength(3);
    model.dispose();
  });

  it('is logged by the update of a step', async () => {
    const model = createModel(dense({ inFeatures: 1, outFeatures: 1 }));
    const learningRate = (step: number) => 0.1 / (step + 1);
    const seen: unknown[] = [];
    const reports = await fit(model, {
      data: { xs: [[1], [2], [3]], ys: [[1], [2], [3]], batchSize: 1 },
      loss: meanSquaredError,
      optimizer: sgd({ learningRate }),
      epochs: 1,
      accumulate: 2,
      callbacks: [learningRateLogger({ learningRate })],
      onStep: ({ values }) => void seen.push(values.learningRate),
    });
    expect(seen).toEqual([0.1, 0.1, 0.05]);
    expect(reports[0]!.values.learningRate).toBe(0.05);
    model.dispose();
  });

  it('counts the updates of an optimizer that accumulates, as the logger does', async () => {
    const batches = { data: { xs: [[1], [2], [3]], ys: [[1], [2], [3]], batchSize: 1 } };
    const wraps: [wrap: (optimizer: Optimizer) => Optimizer, every?: number][] = [
      [(optimizer) => accumulate(optimizer, { steps: 6 })],
      [(optimizer) => lookahead(partition([], accumulate(optimizer, { steps: 6 })))],
      [(optimizer) => accumulate(optimizer, { steps: 3 }), 2],
    ];
    for (const [wrap, every] of wraps) {
      const model = createModel(dense({ inFeatures: 1, outFeatures: 1 }));
      const used: number[] = [];
      const rate = (step: number) => {
        used.push(step);
        return 0.1 / (step + 1);
      };
      const plateau = reduceOnPlateau({ learningRate: rate, metric: () => 1, mode: 'min' });
      const reports = await fit(model, {
        ...batches,
        loss: meanSquaredError,
        optimizer: wrap(sgd({ learningRate: plateau.learningRate })),
        epochs: 4,
        ...(every && { accumulate: every }),
        callbacks: [learningRateLogger({ learningRate: (step) => 0.1 / (step + 1) }), plateau],
      });
      expect(reports.map(({ values }) => values.learningRate)).toEqual([0.1, 0.1, 0.05, 0.05]);
      expect(Math.max(...used)).toBe(1);
      model.dispose();
    }
  });

  it.each([
    [{}, /learningRate is missing/],
    [{ learningRate: 0.1, factor: 2 }, /factor is 2; give a number in \(0, 1\]/],
    [{ learningRate: 0.1, patience: -1 }, /patience is -1/],
    [{ learningRate: 0.1, thresholdMode: 'rel' }, /thresholdMode is "rel"; give "relative" or "absolute"/],
    [{ learningRate: 0.1, metric: 'f1' }, /mode is missing; give 'max' if a larger f1 is better/],
    [{ learningRate: 0.1, min: 1 }, /there is no option "min"/],
  ])('rejects %j', (options, message) => {
    expect(() => reduceOnPlateau(options as never)).toThrow(message);
  });
});
