import { assertArgument, assertOptions, func, match, matches, required, show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { assertUpdate } from './assert-update';
import { findEntry, mapKind, mapTensors, type Optimizer, optimizerKind, traitsOf } from './optimizer';
import { assertOnlyMatches, type Match } from './weight-decay';

export interface ConstrainOptions {
  /** The parameters that are constrained, all by default. /kernel$/ excludes biases and norms. */
  only?: Match | undefined;
}

/**
 * Wraps an optimizer to map parameters to allowed ones after each of its steps (projected gradient descent).
 *
 * θ ← C(θ + u), with u the update of the wrapped optimizer and C the constraint
 *
 * `maxNorm`, `minMaxNorm`, `nonNegative` and `unitNorm` of `@tenfold/regularizers` are constraints; so is each function from a tensor to
 * one of its shape. A parameter that is not updated stays as it is, also one that starts outside of the constraint. An update is added to
 * a parameter, so that one which is 10⁷ times as large as what is allowed becomes that only within its own precision.
 *
 * @returns an optimizer with the state of the wrapped one
 * @throws when optimizer is not an optimizer, constraint is not a function, or an option is unknown; `init` throws when `only` matches
 *   no parameter; `update` throws when the constraint returns something else than a tensor of the parameter's shape
 * @example
 * const optimizer = constrain(sgd({ learningRate: 0.1 }), maxNorm({ maximum: 3 }), { only: /kernel$/ });
 * @see Bertsekas, "Nonlinear Programming", 1999, section 2.3
 */
export function constrain(
  optimizer: Optimizer,
  constraint: (w: tf.Tensor) => tf.Tensor,
  options: ConstrainOptions = {},
): Optimizer {
  assertArgument('constrain', 'optimizer', optimizer, optimizerKind);
  assertArgument('constrain', 'constraint', constraint, required(constraintKind));
  assertOptions('constrain', options, { only: match });
  const { only } = options;
  return {
    ...traitsOf(optimizer),
    init(params) {
      assertArgument('constrain', 'params', params, mapKind);
      assertOnlyMatches('constrain', { only, weightDecay: 1 }, params, 'give one that matches');
      return optimizer.init(params);
    },
    update: (grads, state, info) =>
      tf.tidy(() => {
        assertUpdate('constrain', grads, state, info);
        const { updates, state: next } = optimizer.update(grads, state, info);
        const constrained = mapTensors(updates, (update, name) => {
          const parameter = findEntry(info.params, name)!;
          if (only && !matches(only, name, parameter)) return update;
          return tf.tidy(() => {
            const allowed: unknown = constraint(tf.add(parameter, update));
            if (!(allowed instanceof tf.Tensor) || allowed.shape.join() !== parameter.shape.join()) {
              throw new Error(
                `constrain: the constraint of ${name} returned ${show(allowed)}; return a tensor of shape [${parameter.shape}]`,
              );
            }
            return tf.sub(allowed, parameter);
          });
        });
        return { updates: constrained, state: next };
      }),
  };
}

const constraintKind = { ...func, expected: 'a function from a tensor to a tensor, such as maxNorm()' };
