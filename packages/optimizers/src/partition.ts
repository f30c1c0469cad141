import { assertArgument, assertOptions, listOf, match, object, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { type Match, matches } from './match';
import { mapKind, type Optimizer, type OptimizerState, optimizerKind } from './optimizer';

/** A group of parameters and its optimizer. */
export interface PartitionGroup {
  /** Which parameters: by name, or by name and value, such as (name, p) => p.rank >= 2. */
  match: Match;
  /** What they follow. */
  optimizer: Optimizer;
}

/**
 * One optimizer per group of parameters: a parameter follows the first group that matches it, or else the rest.
 * Without a rest every parameter must belong to a group. A group may be empty: its parameters may come later.
 *
 * In the state the slots of the first group are called '0.momentum', those of the second '1.momentum', those of the
 * rest 'rest.momentum'.
 *
 * @param groups in the order in which they are asked
 * @param rest the optimizer of all other parameters
 * @throws when a group is not of this form; at init and at a step, when a parameter belongs to no group and there is no rest
 * @example
 * partition([{ match: /conv\.kernel$/, optimizer: muon() }, { match: /bias$/, optimizer: sgd({ learningRate: 0.1 }) }], adamW());
 */
export function partition(groups: readonly PartitionGroup[], rest?: Optimizer): Optimizer {
  assertArgument('partition', 'groups', groups, required(listOf(groupKind)));
  groups.forEach((group, i) => {
    assertOptions(`partition, group ${i}`, group, { match: required(match), optimizer: optimizerKind });
  });
  if (rest !== undefined) assertArgument('partition', 'rest', rest, optimizerKind);
  const members = [
    ...groups.map(({ optimizer }, i) => ({ prefix: `${i}.`, optimizer })),
    ...(rest ? [{ prefix: 'rest.', optimizer: rest }] : []),
  ];
  const groupOf = (name: string, parameter: tf.Tensor): number => {
    const found = groups.findIndex((group) => matches(group.match, name, parameter));
    if (found < 0 && !rest) {
      throw new Error(
        `partition: no group matches ${name} [${parameter.shape}]; add a group, or give an optimizer for the rest`,
      );
    }
    return found < 0 ? groups.length : found;
  };
  const split = (tensors: tf.NamedTensorMap, params: tf.NamedTensorMap): tf.NamedTensorMap[] => {
    const parts: tf.NamedTensorMap[] = members.map(() => ({}));
    for (const [name, tensor] of Object.entries(tensors)) {
      const parameter = params[name];
      if (!parameter) {
        throw new Error(
          `partition: there is a gradient for ${name} but no parameter of that name; give the parameters that gradients were taken of`,
        );
      }
      parts[groupOf(name, parameter)]![name] = tensor;
    }
    return parts;
  };
  return {
    init(params) {
      assertArgument('partition', 'params', params, mapKind);
      const parts = split(params, params);
      // In a scope, so that nothing is left when one of them refuses its parameters.
      return tf.tidy(() =>
        Object.assign({}, ...members.map((m, i) => prefixed(m.prefix, m.optimizer.init(parts[i]!)))),
      );
    },
    update: (grads, state, info) =>
      tf.tidy(() => {
        assertArgument('partition', 'grads', grads, mapKind);
        const [gradsOf, paramsOf] = [split(grads, info.params), split(info.params, info.params)];
        const results = members.map(({ prefix, optimizer }, i) =>
          optimizer.update(gradsOf[i]!, unprefixed(prefix, state), { ...info, params: paramsOf[i]! }),
        );
        const states = results.map((result, i) => prefixed(members[i]!.prefix, result.state));
        return {
          updates: Object.assign({}, ...results.map((result) => result.updates)),
          state: Object.assign({}, ...states),
        };
      }),
  };
}

const groupKind = { ...object, expected: 'groups { match, optimizer }' };

const prefixed = (prefix: string, state: OptimizerState): OptimizerState =>
  Object.fromEntries(Object.entries(state).map(([slot, tensors]) => [prefix + slot, tensors]));

const unprefixed = (prefix: string, state: OptimizerState): OptimizerState =>
  Object.fromEntries(
    Object.entries(state)
      .filter(([slot]) => slot.startsWith(prefix))
      .map(([slot, tensors]) => [slot.slice(prefix.length), tensors]),
  );
