import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { applyUpdates } from './index';

const make = () => ({
  kernel: tf.tidy(() => tf.variable(tf.tensor2d([[1, 2]]))),
  bias: tf.tidy(() => tf.variable(tf.scalar(5))),
});

describe('applyUpdates', () => {
  it('adds to the variables that have an update, disposes the updates and leaks nothing', async () => {
    await expectNoLeaks(async () => {
      const params = make();
      const update = tf.tensor2d([[0.5, -2]]);
      applyUpdates(params, { kernel: update });
      expect(update.isDisposed).toBe(true);
      await expectClose(params.kernel, [1.5, 0]);
      await expectClose(params.bias, 5);
      return params;
    });
  });

  it('works within tidy', async () => {
    const params = make();
    tf.tidy(() => applyUpdates(params, { bias: tf.scalar(1) }));
    await expectClose(params.bias, 6);
    tf.dispose(params);
  });

  it('changes nothing when one of the updates does not fit', async () => {
    const params = make();
    const bias = tf.scalar(1);
    expect(() => applyUpdates(params, { bias, other: tf.scalar(1) })).toThrow(
      /^applyUpdates: there is an update for other but no parameter of that name; give the variables/,
    );
    expect(() => applyUpdates(params, { bias, kernel: tf.zeros([2]) })).toThrow(
      /^applyUpdates: kernel has shape \[1,2\] but its update has shape \[2\]/,
    );
    expect(() => applyUpdates({ bias: tf.scalar(5) }, { bias })).toThrow(
      /a tensor that is not a tf\.Variable/,
    );
    expect(() => applyUpdates(params, { bias, kernel: null as never })).toThrow(
      /^applyUpdates: the update of kernel is null; give the updates that an optimizer's update returns/,
    );
    expect(bias.isDisposed).toBe(false);
    await expectClose(params.bias, 5);
    tf.dispose([params, bias]);
  });
});
