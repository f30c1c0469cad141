import { assertArgument, assertOptions, listOf, match, matches, object, required } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import {
  emptyMap,
  findEntry,
  mapKind,
  type Optimizer,
  type OptimizerState,
  optimizerKind,
} from './optimizer';
import type { SlotRange } from './slot';
import type { Match } from './weight-decay';

/** A group of parameters and its optimizer. */
export interface PartitionGroup {
  /** The parameters of the group: a regular expression on names, or a function such as (name, p) => p.rank >= 2. */
  match: Match;
  /** The optimizer of the group. */
  optimizer: Optimizer;
}

/**
 * Uses one optimizer per group of parameters. A parameter belongs to the first group that matches it, or else to the rest.
 * Without an optimizer for the rest, every parameter must belong to a group. A group may be empty,
 * because its parameters may be frozen at first: an optimizer sees only those that are trained, so a misspelled expression is no error
 * where the rest has an optimizer.
 *
 * In the state, the slots of the first group are named '0.momentum', those of the second '1.momentum', those of the rest
 * 'rest.momentum'.
 *
 * @param groups the groups, in order of precedence
 * @param rest the optimizer of all other parameters
 * @throws when a group has the wrong form; `init` and `update` throw when a parameter has neither a group nor a rest
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
  const findGroup = (name: string, parameter: tf.Tensor): number => {
    const found = groups.findIndex((group) => matches(group.match, name, parameter));
    if (found < 0 && !rest) {
      throw new Error(
        `partition: no group matches ${name} [${parameter.shape}]; add a group, or give an optimizer for the rest`,
      );
    }
    return found < 0 ? groups.length : found;
  };
  const split = (tensors: tf.NamedTensorMap, params: tf.NamedTensorMap): tf.NamedTensorMap[] => {
    const parts: tf.NamedTensorMap[] = members.map(() => emptyMap());
    for (const [name, tensor] of Object.entries(tensors)) {
      const parameter = findEntry(params, name);
      if (!parameter) {
        throw new Error(
          `partition: there is a gradient for ${name} but no parameter of that name; give the parameters that the gradients belong to`,
        );
      }
      parts[findGroup(name, parameter)]![name] = tensor;
    }
    return parts;
  };
  return {
    // A schedule in a group that updates more often counts more than one in each of these.
    stepsPerUpdate: Math.max(1, ...members.map(({ optimizer }) => optimizer.stepsPerUpdate ?? 1)),
    ranges: Object.assign(
      emptyMap<SlotRange>(),
      ...members.map(({ prefix, optimizer }) => prefixed(prefix, optimizer.ranges ?? {})),
    ),
    init(params) {
      assertArgument('partition', 'params', params, mapKind);
      const parts = split(params, params);
      // Within tidy, so that no tensor is left when an optimizer rejects its parameters.
      return tf.tidy(() =>
        Object.assign({}, ...members.map((m, i) => prefixed(m.prefix, m.optimizer.init(parts[i]!)))),
      );
    },
    update: (grads, state, info) =>
      tf.tidy(() => {
        assertArgument('partition', 'grads', grads, mapKind);
        const [gradGroups, paramGroups] = [split(grads, info.params), split(info.params, info.params)];
        const results = members.map(({ prefix, optimizer }, i) =>
          optimizer.update(gradGroups[i]!, unprefixed(prefix, state), { ...info, params: paramGroups[i]! }),
        );
        const states = results.map((result, i) => prefixed(members[i]!.prefix, result.state));
        return {
          updates: Object.assign(emptyMap<tf.Tensor>(), ...results.map((result) => result.updates)),
          state: Object.assign(emptyMap<tf.NamedTensorMap>(), ...states),
        };
      }),
  };
}

const groupKind = { ...object, expected: 'a group { match, optimizer }' };

const prefixed = <T>(prefix: string, slots: { readonly [slot: string]: T }): { [slot: string]: T } =>
  Object.fromEntries(Object.entries(slots).map(([slot, value]) => [prefix + slot, value]));

const unprefixed = (prefix: string, state: OptimizerState): OptimizerState =>
  Object.fromEntries(
    Object.entries(state)
      .filter(([slot]) => slot.startsWith(prefix))
      .map(([slot, tensors]) => [slot.slice(prefix.length), tensors]),
  );
