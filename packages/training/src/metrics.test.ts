import { sparseSoftmaxCrossEntropy } from '@tenfold/losses';
import { accuracy, confusionMatrix, f1, recall } from '@tenfold/metrics';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { clouds, network, options, trainerOptions, weights } from '../test/clouds';
import { createTrainer, type EpochReport, type EpochSums, evaluate, fit, train } from './index';

const metrics = { accuracy, f1, recall: recall.with({ average: 'none' }), confusion: confusionMatrix };

describe('metrics that accumulate', () => {
  it('are those over all examples, in reports of training and of validation', async () => {
    const model = network();
    const before = tf.memory().numTensors;
    const matrix = confusionMatrix.start();
    const [report] = await fit(model, {
      ...options,
      metrics,
      data: clouds(),
      validation: clouds(50, 7),
      epochs: 1,
    });
    const whole = await evaluate(model, clouds(50, 50), {
      loss: sparseSoftmaxCrossEntropy,
      metrics,
      onBatch: ({ ys }, predictions) => matrix.update(ys, predictions),
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(report!.validation!.metrics).toEqual(whole.metrics);
    const [[a, b], [c, d]] = (await matrix.result()) as [[number, number], [number, number]];
    expect(whole.metrics).toEqual({
      accuracy: (a + d) / 50,
      f1: a / (2 * a + b + c) + d / (2 * d + b + c),
      'recall.0': a / (a + b),
      'recall.1': d / (c + d),
      'confusion.0.0': a,
      'confusion.0.1': b,
      'confusion.1.0': c,
      'confusion.1.1': d,
    });
    expect(Object.keys(report!.metrics)).toEqual(Object.keys(whole.metrics));
    model.dispose();
  });

  it('continue in an epoch that is resumed from its sums as JSON', async () => {
    const run = async (stops: number) => {
      const trainer = createTrainer(network(), trainerOptions);
      let sums: EpochSums | undefined;
      let reports: EpochReport[] = [];
      const endAt = () => ({ onStep: ({ step }: { step: number }) => step !== stops });
      const onStep = (report: { step: number; sums: EpochSums }) => {
        if (report.step === stops) sums = JSON.parse(JSON.stringify(report.sums));
      };
      const all = { data: clouds(), epochs: 2, metrics };
      reports = await train(trainer, { ...all, callbacks: [endAt], onStep });
      if (stops > 0) reports = await train(trainer, { ...all, ...(sums && { resume: sums }) });
      const values = await weights(trainer.model);
      trainer.dispose();
      trainer.model.dispose();
      return { metrics: reports.map((report) => report.metrics), values };
    };
    const whole = await run(0);
    const resumed = await run(6);
    expect(resumed.values).toEqual(whole.values);
    expect(resumed.metrics).toEqual(whole.metrics.slice(1));
  });

  it('are checked: a promise, a rule that measures something else, sums of a function', async () => {
    const model = network();
    const run = (metric: unknown, resume?: object) =>
      fit(model, { ...options, metrics: { m: metric as never }, data: clouds(), epochs: 1, ...resume });
    await expect(run((y: tf.Tensor, p: tf.Tensor) => f1(y, p))).rejects.toThrow(
      /^fit: the metric m is a promise; return a scalar tensor, or give a metric of @tenfold.metrics itself/,
    );
    await expect(run({ rule: { ...f1.rule, measure: () => 1 } })).rejects.toThrow(
      /^fit: the rule of the metric m measured 1; return a tensor of rank 1/,
    );
    await expect(run({ rule: 1 })).rejects.toThrow(
      /^fit: metrics\.\w+ is .*; give a metric, such as .* '@tenfold\/metrics'/,
    );
    const trainer = createTrainer(model, trainerOptions);
    trainer.restore(1, trainer.state);
    const resume = { steps: 1, examples: 16, seconds: 1, loss: 1, metrics: { f1: 0.5 } };
    await expect(train(trainer, { data: clouds(), epochs: 1, metrics: { f1 }, resume })).rejects.toThrow(
      /^train: resume has no sum of the metric 'f1'/,
    );
    trainer.dispose();
    model.dispose();
  });
});
