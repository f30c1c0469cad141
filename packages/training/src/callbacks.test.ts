import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { clouds, network, options } from '../test/clouds';
import { type Callback, CallbackError, fit, type StepReport } from './index';

// cspell:ignore onstep
const rest = { ...options, data: clouds(), epochs: 3 };

describe('callbacks', () => {
  it('are called in their order, before onStep and onEpoch, and end once', async () => {
    const model = network();
    const seen: string[] = [];
    const callback =
      (name: string): Callback =>
      ({ epochs, stepsPerEpoch, validated }) => {
        seen.push(`${name} of ${epochs} × ${stepsPerEpoch} ${validated}`);
        return {
          onStep: async ({ step }) => void seen.push(`${name} ${step}`),
          onEpoch: async ({ epoch }) => void seen.push(`${name} epoch ${epoch}`),
          end: async (isOver) => void seen.push(`${name} ends ${isOver}`),
        };
      };
    await fit(model, {
      ...rest,
      epochs: 1,
      validation: clouds(),
      callbacks: [callback('a'), callback('b')],
      onStep: ({ step }) => void seen.push(`onStep ${step}`),
      onEpoch: () => void seen.push('onEpoch'),
    });
    expect(seen.slice(0, 5)).toEqual([
      'a of 1 × 4 loss,accuracy',
      'b of 1 × 4 loss,accuracy',
      'a 1',
      'b 1',
      'onStep 1',
    ]);
    expect(seen.slice(-5)).toEqual(['a epoch 0', 'b epoch 0', 'onEpoch', 'a ends true', 'b ends true']);
    model.dispose();
  });

  it('add values to reports, which those after them see', async () => {
    const model = network();
    const rates: unknown[] = [];
    const add: Callback = () => ({
      onStep({ values, step }) {
        values.rate = 1 / step;
      },
    });
    const read: Callback = () => ({ onStep: ({ values }) => void rates.push(values.rate) });
    await fit(model, { ...rest, epochs: 1, callbacks: [add, read] });
    expect(rates).toEqual([1, 1 / 2, 1 / 3, 1 / 4]);
    model.dispose();
  });

  it('end training after an epoch, or after a step, with a report of the steps so far', async () => {
    const model = network();
    const before = tf.memory().numTensors;
    const afterEpoch: Callback = () => ({ onEpoch: async ({ epoch }) => epoch < 1 });
    expect(await fit(model, { ...rest, callbacks: [afterEpoch] })).toHaveLength(2);
    const ends: boolean[] = [];
    const afterStep: Callback = () => ({
      onStep: ({ step }: StepReport) => step < 6,
      end: (isOver) => void ends.push(isOver),
    });
    const reports = await fit(model, { ...rest, validation: clouds(), callbacks: [afterStep] });
    expect(reports.map(({ steps }) => steps)).toEqual([4, 2]);
    expect(reports[1]!.validation!.examples).toBe(50);
    expect(ends).toEqual([true]);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it('that fail end training with an error that has the reports, and all of them end', async () => {
    const model = network();
    const before = tf.memory().numTensors;
    const ends: string[] = [];
    const cause = new Error('the disk is full');
    const fails = (hooks: object): Callback[] => [
      () => ({ end: (isOver) => void ends.push(`first ${isOver}`) }),
      function logger() {
        return { ...hooks, end: (isOver: boolean) => void ends.push(`logger ${isOver}`) };
      },
    ];
    const onEpoch = ({ epoch }: { epoch: number }) => {
      if (epoch === 1) throw cause;
    };
    const error = await fit(model, { ...rest, callbacks: fails({ onEpoch }) }).catch((error) => error);
    expect(error).toBeInstanceOf(CallbackError);
    expect(error).toMatchObject({
      name: 'CallbackError',
      callback: 'logger',
      cause,
      message: 'fit: the callback logger failed after epoch 1 (counted from 0): the disk is full',
    });
    expect(error.reports.map(({ epoch }: { epoch: number }) => epoch)).toEqual([0, 1]);
    expect(ends).toEqual(['first false', 'logger false']);
    const onStep = async () => {
      throw cause;
    };
    await expect(fit(model, { ...rest, callbacks: fails({ onStep }) })).rejects.toThrow(
      'fit: the callback logger failed after step 1: the disk is full',
    );
    const atStart: Callback = () => Promise.reject(cause);
    await expect(fit(model, { ...rest, callbacks: [...fails({}), atStart] })).rejects.toThrow(
      'fit: the callback atStart failed at the start: the disk is full',
    );
    const atEnd = (): ReturnType<Callback> => ({
      end() {
        throw cause;
      },
    });
    const atTheEnd = await fit(model, { ...rest, callbacks: [atEnd, ...fails({})] }).catch((error) => error);
    expect(atTheEnd.message).toBe('fit: the callback atEnd failed at the end: the disk is full');
    expect(atTheEnd.reports).toHaveLength(3);
    expect(ends.slice(-2)).toEqual(['first true', 'logger true']);
    // The error of the training comes first.
    const loss = () => {
      throw new Error('on purpose');
    };
    await expect(fit(model, { ...rest, loss, callbacks: [atEnd] })).rejects.toThrow(/^on purpose$/);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it.each([
    [[1], /^fit: callbacks\[0\] is 1; give a callback such as earlyStopping/],
    [() => ({}), /^fit: callbacks is .*; give an array of callbacks/],
    [[() => 1], /^fit: a callback failed at the start: it returned 1; return \{ onStep, onEpoch, end \}/],
    [
      [() => ({ onstep() {} })],
      /^fit: a callback failed at the start: hooks: there is no option "onstep"; did you mean onStep\?/,
    ],
    [[() => ({ onEpoch: 5 })], /^fit: a callback failed at the start: hooks: onEpoch is 5; give a function$/],
    [[() => ({ onStep: null })], /^fit: a callback failed at the start: hooks: onStep is null; give a func/],
    [
      [
        function logger() {
          return { end: 'x' };
        },
      ],
      /^fit: the callback logger failed at the start: hooks: end is "x"; give a function$/,
    ],
  ])('must be functions that return hooks: %#', async (callbacks, message) => {
    const model = network();
    await expect(fit(model, { ...rest, callbacks: callbacks as never })).rejects.toThrow(message);
    model.dispose();
  });
});
