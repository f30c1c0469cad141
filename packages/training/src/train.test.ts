import { accuracy } from '@tenfold/metrics';
import { describe, expect, it } from 'vitest';
import { clouds, metrics, network, options, trainerOptions, weights } from '../test/clouds';
import { createTrainer, type EpochReport, type EpochSums, fit, train } from './index';

describe('train', () => {
  it('continues where another trainer stopped, bit for bit', async () => {
    const trained = network();
    await fit(trained, { ...options, data: clouds(), epochs: 3 });

    const part = network();
    const first = createTrainer(part, trainerOptions);
    const abort = new AbortController();
    const stopAt = (step: number) => void (step === 6 && abort.abort());
    await expect(
      train(first, { data: clouds(), epochs: 3, signal: abort.signal, onStep: (r) => stopAt(r.step) }),
    ).rejects.toThrow();
    const second = createTrainer(part, trainerOptions);
    second.restore(first.stepCount, first.state);
    await train(second, { data: clouds(), epochs: 3 });
    expect(await weights(part)).toEqual(await weights(trained));
    second.dispose();
    trained.dispose();
    part.dispose();
  });

  it.each([1, 5, 6, 8])(
    'reports an epoch that was stopped after step %i as if it had not been',
    async (stop) => {
      const timeless = (reports: EpochReport[]) => reports.map(({ seconds, ...rest }) => rest);
      const all = { metrics, data: clouds(), validation: clouds(), epochs: 3 };
      const trained = network();
      const expected = await fit(trained, { ...trainerOptions, ...all });

      const trainer = createTrainer(network(), trainerOptions);
      const abort = new AbortController();
      const reports: EpochReport[] = [];
      let sums: EpochSums | undefined;
      const stopped = train(trainer, {
        ...all,
        signal: abort.signal,
        onStep(report) {
          sums = JSON.parse(JSON.stringify(report.sums));
          if (report.step === stop) abort.abort(new Error('enough'));
        },
        onEpoch: (report) => void reports.push(report),
      });
      await expect(stopped).rejects.toThrow('enough');
      expect(sums!.seconds).toBeGreaterThan(0);
      const rest = await train(trainer, { ...all, resume: sums });
      // Step 8 is the last of an epoch, which was not yet evaluated and reported.
      expect(timeless([...reports, ...rest])).toEqual(timeless(expected));
      expect(rest[0]!.seconds).toBeGreaterThanOrEqual(sums!.seconds);
      expect(await weights(trainer.model)).toEqual(await weights(trained));
      trainer.dispose();
      trainer.model.dispose();
      trained.dispose();
    },
  );

  it('rejects sums of another step or of other metrics', async () => {
    const trainer = createTrainer(network(), trainerOptions);
    trainer.restore(6, trainer.state);
    const sums = { steps: 3, examples: 48, seconds: 1, loss: 1, metrics: { accuracy: [0, 0, [40, 48]] } };
    const resume = (changed: object) =>
      train(trainer, { data: clouds(), epochs: 3, metrics: { accuracy }, resume: { ...sums, ...changed } });
    await expect(resume({})).rejects.toThrow(
      /resume has the sums after 3 of 4 steps of an epoch, but the trainer has taken 6 steps; give the sums of its last step/,
    );
    await expect(resume({ steps: 2, metrics: { loss: 1 } })).rejects.toThrow(
      /no sum of the metric 'accuracy', only of \["loss"\]/,
    );
    for (const changed of [{ loss: undefined }, { loss: Number.NaN }, { seconds: -1 }, { examples: '48' }]) {
      await expect(resume({ steps: 2, ...changed })).rejects.toThrow(/^train: resume: \w+ is/);
    }
    await expect(resume({ steps: 2, metrics: { accuracy: Number.NaN } })).rejects.toThrow(
      /no sum of the metric/,
    );
    trainer.model.dispose();
  });

  it.each([
    [
      { steps: 2, examples: 0 },
      /^train: resume has 2 steps but 0 examples, fewer than one a step; give the sums/,
    ],
    [
      { steps: 2, examples: 1 },
      /^train: resume has 2 steps but 1 example, fewer than one a step; give the sums/,
    ],
    [
      { steps: 0, examples: 5 },
      /^train: resume has 0 steps but examples is 5; give the sums of the last step$/,
    ],
    [{ steps: 0, loss: 5 }, /^train: resume has 0 steps but loss is 5; give the sums of the last step$/],
    [
      { steps: 0, seconds: 5 },
      /^train: resume has 0 steps but seconds is 5; give the sums of the last step$/,
    ],
  ])('rejects sums that no steps can have: %j', async (changed, message) => {
    const trainer = createTrainer(network(), trainerOptions);
    trainer.restore(changed.steps, trainer.state);
    const resume = { examples: 0, seconds: 0, loss: 0, metrics: {}, ...changed };
    await expect(train(trainer, { data: clouds(), epochs: 1, resume })).rejects.toThrow(message);
    trainer.dispose();
    trainer.model.dispose();
  });

  it('rejects a trainer and a model that are already training, until that has ended', async () => {
    const model = network();
    const trainer = createTrainer(model, trainerOptions);
    const other = createTrainer(model, trainerOptions);
    const all = { data: clouds(), epochs: 2 };
    const first = train(trainer, all);
    const refused = [train(trainer, all), train(other, all), fit(model, { ...options, ...all })];
    const messages = await Promise.all(refused.map((call) => call.catch(({ message }) => message)));
    expect(messages).toEqual([
      'train: this trainer is already training; await the end of that training first',
      'train: this model is already training; await the end of that training first',
      'fit: this model is already training; await the end of that training first',
    ]);
    expect((await first).map(({ steps }) => steps)).toEqual([4, 4]);
    const onStep = async () => void (await train(trainer, all));
    await expect(train(trainer, { ...all, epochs: 3, onStep })).rejects.toThrow(/^train: this trainer is al/);
    expect(await train(trainer, { ...all, epochs: 3 })).toHaveLength(1);
    trainer.dispose();
    other.dispose();
    model.dispose();
  });
});
