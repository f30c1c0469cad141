import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer, OptimizerState } from './optimizer';

export interface PartitionGroup {
  /** Which parameters: by name, or by name and value, such as (name, p) => p.rank >= 2. */
  match: RegExp | ((name: string, parameter: tf.Tensor) => boolean);
  /** What they follow. */
  optimizer: Optimizer;
}

/**
 * One optimizer per group of parameters: a parameter follows the first group that matches it, or else the rest.
 * Without a rest every parameter must belong to a group.
 *
 * In the state the slots of the first group are called '0.momentum', those of the second '1.momentum', those of the
 * rest 'rest.momentum'.
 *
 * @param groups in the order in which they are asked
 * @param rest the optimizer of all other parameters
 * @throws at init and at a step, when a parameter belongs to no group and there is no rest
 * @example
 * partition([{ match: /conv\.kernel$/, optimizer: muon() }, { match: /bias$/, optimizer: sgd({ learningRate: 0.1 }) }], adamW());
 */
export function partition(groups: readonly PartitionGroup[], rest?: Optimizer): Optimizer {
  const members = [
    ...groups.map(({ optimizer }, i) => ({ prefix: `${i}.`, optimizer })),
    ...(rest ? [{ prefix: 'rest.', optimizer: rest }] : []),
  ];
  const groupOf = (name: string, parameter: tf.Tensor): number => {
    const found = groups.findIndex(({ match }) =>
      typeof match === 'function' ? match(name, parameter) : name.search(match) >= 0,
    );
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
          `partition: there is a gradient for ${name} but no parameter of that name; give the parameters that init saw`,
        );
      }
      parts[groupOf(name, parameter)]![name] = tensor;
    }
    return parts;
  };
  return {
    init(params) {
      const parts = split(params, params);
      return Object.assign({}, ...members.map((m, i) => prefixed(m.prefix, m.optimizer.init(parts[i]!))));
    },
    update: (grads, state, { params, step }) =>
      tf.tidy(() => {
        const [gradsOf, paramsOf] = [split(grads, params), split(params, params)];
        const results = members.map(({ prefix, optimizer }, i) =>
          optimizer.update(gradsOf[i]!, unprefixed(prefix, state), { params: paramsOf[i]!, step }),
        );
        const states = results.map((result, i) => prefixed(members[i]!.prefix, result.state));
        return {
          updates: Object.assign({}, ...results.map((result) => result.updates)),
          state: Object.assign({}, ...states),
        };
      }),
  };
}

const prefixed = (prefix: string, state: OptimizerState): OptimizerState =>
  Object.fromEntries(Object.entries(state).map(([slot, tensors]) => [prefix + slot, tensors]));

const unprefixed = (prefix: string, state: OptimizerState): OptimizerState =>
  Object.fromEntries(
    Object.entries(state)
      .filter(([slot]) => slot.startsWith(prefix))
      .map(([slot, tensors]) => [slot.slice(prefix.length), tensors]),
  );
