import {
  assertArgument,
  assertCalled,
  assertOptions,
  flag,
  func,
  type Kind,
  object,
  required,
  show,
  text,
} from '@tenfold/checks';
import { floatTensor, fused, fusedList, type Kernels, type ListKernels } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { assertFloat, assertUpdate, floatGradient } from './assert-update';
import { emptyMap, findEntry, mapKind, mapTensors, type Optimizer, type OptimizerState } from './optimizer';
import { type LearningRate, learningRateKind, rateAt } from './schedule';
import type { Slot, SlotRange, SlotStart } from './slot';
import {
  assertOnlyMatches,
  findWeightDecay,
  type WeightDecayOptions,
  weightDecayKinds,
} from './weight-decay';

/** A kernel of an optimizer step: its inputs are gradient, parameter and slots, and a variant named `…List` takes many parameters. */
export type StepKernel = {
  [K in keyof Kernels]: `${K}List` extends keyof ListKernels
    ? Kernels[K]['inputs'] extends { gradient: tf.Tensor; parameter: tf.Tensor }
      ? K
      : never
    : never;
}[keyof Kernels];

/** The input of a rule for one parameter. */
export interface RuleInput<Name extends string = string> {
  /** Name of the parameter. */
  name: string;
  /** g in float32, including coupled weight decay. */
  gradient: tf.Tensor;
  /** θ. */
  parameter: tf.Tensor;
  /** The slots of the parameter. */
  slots: Record<Name, tf.Tensor>;
  /** η of this step. */
  learningRate: number;
  /** Step of the run, from 0; with `countsSteps`, the number of earlier gradients of this parameter. */
  step: number;
  /** The loss of this step, if it was passed to `update`. */
  value: tf.Tensor | undefined;
  /** λ of this parameter where it is decoupled from the gradient, else 0. It is applied after the rule; see `decays`. */
  weightDecay: number;
}

/** The output of a rule for one parameter. */
export interface RuleOutput<Name extends string = string> {
  /** u in θ ← θ − η·u. */
  direction?: tf.Tensor;
  /** Instead of a direction, the whole update that is added to the parameter. */
  update?: tf.Tensor;
  /** The point at which the step starts, by default the parameter. */
  from?: tf.Tensor | undefined;
  /** Whether the rule has applied the weight decay already, as a rule that scales it does; false by default. */
  decays?: boolean | undefined;
  /** The next slots. */
  slots: Record<Name, tf.Tensor | undefined>;
}

/** The declaration of an optimizer: an update rule for one parameter, its slots and its kernel. */
export interface PerParameterOptions<Name extends string = string, K extends StepKernel = StepKernel>
  extends WeightDecayOptions {
  /** Name of the optimizer; starts its errors. */
  name: string;
  /** η ≥ 0, a number or a schedule. */
  learningRate: LearningRate;
  /**
   * The slots of a parameter by names without dots and slashes: functions that make their initial tensors, or `{ start, range }`; none
   * by default.
   */
  slots?: Record<Name, SlotStart | Slot>;
  /** Whether weight decay is decoupled from the gradient: −η·λ·θ. Otherwise λ·θ is added to the gradient. True by default. */
  decoupled?: boolean;
  /** Whether `step` counts the gradients of the parameter rather than the steps of the run; false by default. */
  countsSteps?: boolean;
  /** Throws when the rule cannot be used for this parameter. */
  assertParameter?: (name: string, parameter: tf.Tensor) => void;
  /** The update rule, composed of differentiable tfjs operations. Intermediate tensors are disposed. */
  rule?(input: RuleInput<Name>): RuleOutput<Name>;
  /** Instead of `rule`, the update rule for all parameters at once; one output for each input. */
  foreach?(inputs: RuleInput<Name>[]): RuleOutput<Name>[];
  /** The fused kernel of the rule, including weight decay. Its `…List` variant is preferred, and `rule` is the fallback. */
  kernel?: K;
  /** Attributes of the kernel at a step, except learning rate and weight decay. */
  attributes?: (step: number) => Omit<Kernels[K]['attributes'], 'learningRate' | 'weightDecay'>;
}

const kinds = {
  name: required(text),
  learningRate: required(learningRateKind),
  slots: object,
  ...weightDecayKinds,
  decoupled: flag,
  countsSteps: flag,
  assertParameter: func,
  rule: func,
  foreach: func,
  kernel: text,
  attributes: func,
};

const slotKind = required({
  expected: 'a function that makes its initial tensor, or { start, range }',
  accepts: (value) => func.accepts(value) || object.accepts(value),
});

const rangeKind: Kind = {
  expected: 'two numbers [lowest, highest], the lower one first',
  accepts: (value) =>
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((end) => typeof end === 'number') &&
    Number(value[0]) <= Number(value[1]),
};

// The number of steps in which a parameter had no gradient. It is a scalar tensor, so that checkpoints contain it.
export const MISSED = 'missed';

/** The slots that are added to those of a rule: counts of steps, and what the trainer accumulates. */
const RESERVED = [MISSED, 'accumulated', 'accumulatedSteps', 'accumulatedUnused'];

/**
 * Makes an optimizer from an update rule for one parameter. It adds schedules, weight decay, argument checks, slots that start
 * with a parameter's first gradient, and fused kernels where the backend has them.
 *
 * θ ← θ − η·(u + λ·θ) with the rule's direction u; not decoupled: g ← g + λ·θ, then θ ← θ − η·u
 *
 * @returns a stateless optimizer
 * @throws when an option is unknown or of the wrong kind; the optimizer's functions name the parameter that does not fit
 * @example
 * // Signum: steps along the sign of the momentum.
 * const signum = ({ learningRate = 1e-3, momentum = 0.9 } = {}) =>
 *   perParameter({
 *     name: 'signum',
 *     learningRate,
 *     slots: { momentum: tf.zerosLike },
 *     rule({ gradient, slots }) {
 *       const b = tf.add(tf.mul(slots.momentum, momentum), tf.mul(gradient, 1 - momentum));
 *       return { direction: tf.sign(b), slots: { momentum: b } };
 *     },
 *   });
 */
export function perParameter<Name extends string = never, K extends StepKernel = StepKernel>(
  declaration: PerParameterOptions<Name, K>,
): Optimizer {
  assertOptions('perParameter', declaration, kinds);
  const rule = declaration as unknown as Rule;
  assertCalled(rule.learningRate);
  const { name, learningRate, slots = {}, countsSteps = false } = rule;
  if ((rule.rule === undefined) === (rule.foreach === undefined)) {
    throw new Error(
      `perParameter: ${rule.rule ? 'both' : 'neither'} of rule and foreach are given; give one`,
    );
  }
  const slotNames = Object.keys(slots);
  const ranges = rangesOf(slots);

  const prepareInput = (
    key: string,
    gradient: tf.Tensor,
    parameter: tf.Tensor | undefined,
    state: OptimizerState,
  ): Pick<RuleInput, 'name' | 'gradient' | 'parameter' | 'slots' | 'weightDecay'> => {
    const g = floatGradient(name, key, gradient, parameter);
    const current = isKnown(key, state) ? readSlots(key, state) : startSlots(rule, key, parameter!);
    const weightDecay = findWeightDecay(rule, key, parameter!);
    return { name: key, gradient: g, parameter: parameter!, slots: current, weightDecay };
  };
  const isKnown = (key: string, state: OptimizerState) =>
    slotNames.some((slot) => readSlot(state, slot, key));
  const readSlots = (key: string, state: OptimizerState): tf.NamedTensorMap => {
    const missing = slotNames.filter((slot) => !readSlot(state, slot, key));
    if (missing.length > 0) {
      throw new Error(
        `${name}: the state of ${key} has no ${missing}; give the complete state of the last step`,
      );
    }
    return Object.fromEntries(slotNames.map((slot) => [slot, readSlot(state, slot, key)!]));
  };

  return {
    init(params) {
      assertArgument(name, 'params', params, mapKind);
      assertOnlyMatches(name, rule, params);
      return tf.tidy(() => {
        const state: OptimizerState = Object.fromEntries(
          slotNames.map((slot) => [slot, emptyMap<tf.Tensor>()]),
        );
        for (const [key, value] of Object.entries(params)) {
          const parameter = floatTensor(name, key, value);
          if (value instanceof tf.Tensor) assertFloat(name, key, value);
          const starts = startSlots(rule, key, parameter);
          for (const slot of slotNames) state[slot]![key] = starts[slot]!;
        }
        return state;
      });
    },
    update(grads, state, info) {
      assertUpdate(name, grads, state, info);
      const { params, step, value } = info;
      assertKnownSlots(name, slotNames, state);
      const rate = rateAt(name, learningRate, step);
      // tidy disposes intermediate tensors and keeps the returned ones.
      return tf.tidy(() => {
        const missed = (key: string): number => {
          if (!countsSteps) return 0;
          return isKnown(key, state) ? (readSlot(state, MISSED, key)?.dataSync()[0] ?? 0) : step;
        };
        const inputs = Object.entries(grads).map(([key, gradient]) => ({
          ...prepareInput(key, gradient, findEntry(params, key), state),
          learningRate: rate,
          step: step - missed(key),
          value,
        }));
        const outputs = stepAll(rule, inputs);
        const used = new Set<tf.Tensor>(
          inputs.flatMap((i) => [i.gradient, i.parameter, ...Object.values(i.slots)]),
        );
        // All returned tensors are distinct and new, even if the rule returns its inputs.
        const fresh = (tensor: tf.Tensor): tf.Tensor => {
          const result = used.has(tensor) ? tf.clone(tensor) : tensor;
          used.add(result);
          return result;
        };
        const updates: tf.NamedTensorMap = emptyMap();
        // A parameter without a gradient in this step keeps its state, even if it is not in params.
        const next: OptimizerState = Object.fromEntries(
          slotNames.map((slot) => [
            slot,
            Object.assign(
              emptyMap<tf.Tensor>(),
              mapTensors(findEntry(state, slot) ?? {}, (t, key) =>
                Object.hasOwn(grads, key) ? t : tf.clone(t),
              ),
            ),
          ]),
        );
        inputs.forEach((input, i) => {
          const { name: key } = input;
          const { update, slots: after } = checkOutput(name, input, outputs[i]!, slotNames);
          updates[key] = fresh(update);
          for (const slot of slotNames) next[slot]![key] = fresh(after[slot]!);
        });
        if (countsSteps) {
          const counts = new Map<string, number>(inputs.map((input) => [input.name, step - input.step]));
          for (const key of Object.keys(findEntry(state, slotNames[0]!) ?? {})) {
            if (!counts.has(key)) counts.set(key, missed(key) + 1);
          }
          const late = [...counts].filter(([, count]) => count > 0);
          if (late.length > 0) {
            next[MISSED] = Object.fromEntries(late.map(([key, count]) => [key, tf.scalar(count)]));
          }
        }
        return { updates, state: next };
      });
    },
    ranges,
  };
}

/** The declaration without the names of its slots. */
type Rule = Pick<
  PerParameterOptions,
  | 'name'
  | 'learningRate'
  | 'weightDecay'
  | 'only'
  | 'decoupled'
  | 'countsSteps'
  | 'assertParameter'
  | 'rule'
  | 'foreach'
  | 'kernel'
> & { slots?: Record<string, SlotStart | Slot>; attributes?: (step: number) => object };

type StepOutput = {
  update: tf.Tensor;
  slots: tf.NamedTensorMap;
};

/** A rule without name, schedule and checks. */
export type BareRule = Pick<Rule, 'slots' | 'decoupled' | 'rule' | 'foreach' | 'kernel' | 'attributes'>;

/** Steps many parameters: with one list kernel, with one kernel for each, or composed. */
export function stepAll(rule: BareRule, inputs: RuleInput[]): StepOutput[] {
  const { slots = {}, decoupled = true, kernel, attributes, foreach } = rule;
  if (foreach) {
    return tf.tidy(() => {
      const decayed = inputs.map((input) => (decoupled ? input : coupled(input)));
      const outputs: unknown = foreach(decayed);
      if (!Array.isArray(outputs) || outputs.length !== decayed.length) {
        throw new Error(
          `perParameter: foreach returned ${show(outputs)} for ${decayed.length} parameters; return an array with one { direction, slots } for each`,
        );
      }
      return decayed.map((input, i) => finish(input, outputs[i] as RuleOutput));
    }) as unknown as StepOutput[];
  }
  const names = Object.keys(slots);
  const compose = (input: RuleInput): StepOutput =>
    tf.tidy(() => {
      const decayed = decoupled ? input : coupled(input);
      return finish(decayed, rule.rule!(decayed)) as unknown as tf.TensorContainer;
    }) as unknown as StepOutput;
  if (kernel === undefined) return inputs.map(compose);

  const outputs = new Map<RuleInput, StepOutput>();
  for (const [step, group] of bySteps(inputs)) {
    const atStep = attributes?.(step) ?? {};
    // A kernel without the attribute `decoupled` supports only decoupled decay.
    const list = decoupled || 'decoupled' in atStep ? group : group.map(coupled);
    const all = { ...atStep, learningRate: group[0]!.learningRate };
    const results = fusedList(
      `${kernel}List` as keyof ListKernels,
      [
        list.map((i) => i.gradient),
        list.map((i) => i.parameter),
        ...names.map((slot) => list.map((i) => i.slots[slot]!)),
      ],
      { ...all, weightDecays: list.map((i) => i.weightDecay) } as never,
    );
    const flat = ({ update, slots: after }: StepOutput) => [update, ...names.map((slot) => after[slot]!)];
    list.forEach((input, i) => {
      const { gradient, parameter, slots: current, weightDecay } = input;
      const [update, ...after] =
        results?.[i] ??
        fused(
          kernel,
          { gradient, parameter, ...current } as unknown as Kernels[StepKernel]['inputs'],
          { ...all, weightDecay } as unknown as Kernels[StepKernel]['attributes'],
          () => flat(compose(input)),
        );
      outputs.set(group[i]!, {
        update: update!,
        slots: Object.fromEntries(names.map((slot, k) => [slot, after[k]!])),
      });
    });
  }
  return inputs.map((input) => outputs.get(input)!);
}

/** Groups the inputs by step, because a list kernel takes one step count for all its parameters. */
function bySteps(inputs: RuleInput[]): Map<number, RuleInput[]> {
  const groups = new Map<number, RuleInput[]>();
  for (const input of inputs) groups.set(input.step, [...(groups.get(input.step) ?? []), input]);
  return groups;
}

/** Adds the weight decay to the gradient. */
function coupled(input: RuleInput): RuleInput {
  if (input.weightDecay === 0) return input;
  const gradient = tf.add(input.gradient, tf.mul(input.parameter, input.weightDecay));
  return { ...input, gradient, weightDecay: 0 };
}

/** Computes the update −η·(u + λ·θ). */
function finish(input: RuleInput, output: RuleOutput): StepOutput {
  if (!object.accepts(output)) {
    throw new Error(
      `perParameter: the rule returned ${show(output)} for ${input.name}; return an object { direction, slots }`,
    );
  }
  const { direction, update, from, slots } = output;
  const { parameter, learningRate } = input;
  const lambda = output.decays ? 0 : input.weightDecay;
  if (!update && !direction) {
    throw new Error(
      `perParameter: the rule returned neither direction nor update for ${input.name}; return one`,
    );
  }
  const start = from ?? parameter;
  const step = update
    ? lambda === 0
      ? update
      : tf.sub(update, tf.mul(start, learningRate * lambda))
    : tf.mul(lambda === 0 ? direction! : tf.add(direction!, tf.mul(start, lambda)), -learningRate);
  return {
    update: from ? tf.add(step, tf.sub(from, parameter)) : step,
    slots: slots as tf.NamedTensorMap,
  };
}

const readSlot = (state: OptimizerState, slot: string, key: string): tf.Tensor | undefined =>
  findEntry(findEntry(state, slot), key);

function startSlots(
  { name, slots = {}, assertParameter }: Rule,
  key: string,
  parameter: tf.Tensor,
): tf.NamedTensorMap {
  assertParameter?.(key, parameter);
  return Object.fromEntries(
    Object.entries(slots).map(([slot, declared]) => {
      const tensor = (typeof declared === 'function' ? declared : declared.start)(parameter);
      if (!(tensor instanceof tf.Tensor)) {
        throw new Error(
          `${name}: the slot ${slot} starts as ${show(tensor)}; give a function that returns a tensor`,
        );
      }
      return [slot, tensor === parameter ? tf.clone(tensor) : tensor];
    }),
  );
}

/** Checks the slots of a declaration and returns their ranges. */
function rangesOf(slots: Record<string, SlotStart | Slot>): { [slot: string]: SlotRange } {
  const ranges = emptyMap<SlotRange>();
  for (const [slot, declared] of Object.entries(slots)) {
    // Files have a slot's name in a path, and partition puts its group before a dot.
    if (RESERVED.includes(slot) || /[./]|^$/.test(slot)) {
      throw new Error(
        `perParameter: a slot has the name ${show(slot)}, which is ${RESERVED.includes(slot) ? 'reserved' : 'none'}; give another name, without dots and slashes`,
      );
    }
    assertArgument('perParameter', `the slot ${slot}`, declared, slotKind);
    if (typeof declared === 'function') continue;
    assertOptions(`perParameter: the slot ${slot}`, declared, { start: required(func), range: rangeKind });
    if (declared.range) ranges[slot] = declared.range;
  }
  return ranges;
}

/** Checks the shapes of an output: the state of another model would silently be broadcast. */
function checkOutput(name: string, input: RuleInput, output: StepOutput, slotNames: string[]): StepOutput {
  const fits = (tensor: tf.Tensor | undefined, like: tf.Tensor) => tensor?.shape.join() === like.shape.join();
  const { parameter, slots } = input;
  if (slotNames.length > 0 && !object.accepts(output.slots)) {
    throw new Error(
      `${name}: the rule returned ${output.slots === undefined ? 'no slots' : `slots ${show(output.slots)}`} for ${input.name}; return { direction, slots: { ${slotNames.join(', ')} } }, with their values after the step`,
    );
  }
  const wrong = slotNames.find((slot) => !fits(output.slots[slot], slots[slot]!));
  if (wrong !== undefined || !fits(output.update, parameter)) {
    const what = wrong === undefined ? 'update' : `slot ${wrong}`;
    const actual = wrong === undefined ? output.update : output.slots[wrong];
    const current = slotNames.map((slot) => `${slot} [${slots[slot]!.shape}]`).join(', ') || 'no state';
    throw new Error(
      `${name}: the ${what} of ${input.name} [${parameter.shape}] with ${current} becomes ${actual ? `[${actual.shape}]` : 'missing'}; give the state of these parameters, and a rule that keeps shapes`,
    );
  }
  return output;
}

function assertKnownSlots(name: string, slotNames: string[], state: OptimizerState): void {
  const unknown = Object.keys(state).filter((slot) => slot !== MISSED && !slotNames.includes(slot));
  if (unknown.length === 0) return;
  throw new Error(
    `${name}: the state has the slot ${unknown} but the optimizer has ${slotNames.join(', ') || 'none'}; give the state of the same optimizer`,
  );
}
