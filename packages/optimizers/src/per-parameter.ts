import {
  assertArgument,
  assertOptions,
  flag,
  func,
  index,
  object,
  required,
  show,
  text,
} from '@tenfold/checks';
import { floatTensor, fused, fusedList, type Kernels, type ListKernels } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import { mapKind, mapTensors, type Optimizer, type OptimizerState } from './optimizer';
import { type LearningRate, learningRateKind, rateAt } from './schedule';
import { assertOnlyMatches, type WeightDecayOptions, weightDecayKinds, weightDecayOf } from './weight-decay';

/** What a slot starts as: a function of its parameter, such as tf.zerosLike, tf.clone or (p) => tf.fill(p.shape, 0.1). */
export type SlotStart = (parameter: tf.Tensor) => tf.Tensor;

/** A kernel of a step: inputs gradient, parameter and slots; a second one, with `List` at its name's end, takes many parameters. */
export type StepKernel = {
  [K in keyof Kernels]: `${K}List` extends keyof ListKernels
    ? Kernels[K]['inputs'] extends { gradient: tf.Tensor; parameter: tf.Tensor }
      ? K
      : never
    : never;
}[keyof Kernels];

/** What a rule sees of one parameter. */
export interface RuleInput<Slot extends string = string> {
  /** Name of the parameter. */
  name: string;
  /** g, float32; coupled weight decay is in it. */
  gradient: tf.Tensor;
  /** θ. */
  parameter: tf.Tensor;
  /** What is remembered of the parameter. */
  slots: Record<Slot, tf.Tensor>;
  /** η of this step. */
  learningRate: number;
  /** Step of the run, from 0; with `countsSteps` the number of gradients that the parameter had before this one. */
  step: number;
  /** The loss of this step, where the caller of `update` gave it. */
  value: tf.Tensor | undefined;
}

/** Where one parameter goes. */
export interface RuleOutput<Slot extends string = string> {
  /** u in θ ← θ − η·u. */
  direction?: tf.Tensor;
  /** In place of a direction, all that is added to the parameter, where the step is not −η·u. */
  update?: tf.Tensor;
  /** The point that the step starts from; the parameter itself by default. */
  from?: tf.Tensor | undefined;
  /** What is remembered next. */
  slots: Record<Slot, tf.Tensor | undefined>;
}

/** An update rule for one parameter, and what it takes to lift it to all of them. */
export interface PerParameterOptions<Slot extends string = string, K extends StepKernel = StepKernel>
  extends WeightDecayOptions {
  /** Name of the optimizer, the start of its errors. */
  name: string;
  /** η ≥ 0, or a schedule of it. */
  learningRate: LearningRate;
  /** What is remembered of a parameter, and what it starts as; nothing by default. */
  slots?: Record<Slot, SlotStart>;
  /** Whether weights shrink by η·λ·θ apart from the gradient; λ·θ is added to the gradient otherwise. True by default. */
  decoupled?: boolean;
  /** Whether `step` counts the gradients of the parameter and not the steps of the run, for bias corrections; false by default. */
  countsSteps?: boolean;
  /** Throws when the rule is not for this parameter. */
  assertParameter?: (name: string, parameter: tf.Tensor) => void;
  /** The mathematics, of differentiable tfjs operations; intermediates are disposed. */
  rule?(input: RuleInput<Slot>): RuleOutput<Slot>;
  /** In place of `rule`: the same for all parameters at once, one output for each input. */
  foreach?(inputs: RuleInput<Slot>[]): RuleOutput<Slot>[];
  /** The fused kernel of the rule, decay included; the backend's list kernel comes first, `rule` last. */
  kernel?: K;
  /** Attributes of the kernel at a step, but for learning rate and weight decay. */
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

// Of a parameter that had no gradient in some steps, how many these are: a scalar, so that checkpoints have it.
export const MISSED = 'missed';

/**
 * An optimizer from an update rule for one parameter: the rule is lifted to all parameters, with schedules, weight decay,
 * slots that start when a parameter's first gradient comes, checks, and fused kernels where a backend has them.
 *
 * θ ← θ − η·(u + λ·θ) with the rule's direction u; not decoupled: g ← g + λ·θ, then θ ← θ − η·u
 *
 * @returns an optimizer that holds nothing itself
 * @throws when an option is not of its kind; the optimizer's functions say which parameter does not fit
 * @example
 * // Signum: steps by the sign of the momentum.
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
export function perParameter<Slot extends string = never, K extends StepKernel = StepKernel>(
  declaration: PerParameterOptions<Slot, K>,
): Optimizer {
  assertOptions('perParameter', declaration, kinds);
  const rule = declaration as unknown as Rule;
  const { name, learningRate, slots = {}, countsSteps = false } = rule;
  if ((rule.rule === undefined) === (rule.foreach === undefined)) {
    throw new Error(`perParameter: ${rule.rule ? 'both' : 'neither'} of rule and foreach given; give one`);
  }
  const slotNames = Object.keys(slots);

  const inputOf = (
    key: string,
    gradient: tf.Tensor,
    parameter: tf.Tensor | undefined,
    state: OptimizerState,
  ): Pick<StepInput, 'name' | 'gradient' | 'parameter' | 'slots' | 'weightDecay'> => {
    if (!parameter) {
      throw new Error(
        `${name}: there is a gradient for ${key} but no parameter of that name; give the parameters that gradients were taken of`,
      );
    }
    const g = floatTensor(name, `the gradient of ${key}`, gradient);
    if (g.shape.join() !== parameter.shape.join()) {
      throw new Error(
        `${name}: ${key} has shape [${parameter.shape}] but its gradient has shape [${g.shape}]; give a gradient of the parameter's shape`,
      );
    }
    const before = isKnown(key, state) ? slotsOf(key, state) : startOf(rule, key, parameter);
    const weightDecay = weightDecayOf(rule, key, parameter);
    return { name: key, gradient: g, parameter, slots: before, weightDecay };
  };
  const isKnown = (key: string, state: OptimizerState) => slotNames.some((slot) => state[slot]?.[key]);
  const slotsOf = (key: string, state: OptimizerState): tf.NamedTensorMap => {
    const missing = slotNames.filter((slot) => !state[slot]?.[key]);
    if (missing.length > 0) {
      throw new Error(
        `${name}: the state of ${key} has no ${missing}; give the whole state of the last step`,
      );
    }
    return Object.fromEntries(slotNames.map((slot) => [slot, state[slot]![key]!]));
  };

  return {
    init(params) {
      assertArgument(name, 'params', params, mapKind);
      assertOnlyMatches(name, rule, params);
      return tf.tidy(() => {
        const state: OptimizerState = Object.fromEntries(slotNames.map((slot) => [slot, {}]));
        for (const [key, value] of Object.entries(params)) {
          const starts = startOf(rule, key, floatTensor(name, key, value));
          for (const slot of slotNames) state[slot]![key] = starts[slot]!;
        }
        return state;
      });
    },
    update(grads, state, info) {
      assertArgument(name, 'grads', grads, mapKind);
      assertArgument(name, 'state', state, mapKind);
      assertArgument(name, 'info', info, required({ ...object, expected: 'an object { params, step }' }));
      const { params, step, value } = info;
      assertArgument(name, 'params', params, mapKind);
      assertArgument(name, 'step', step, required(index));
      assertKnownSlots(name, slotNames, state);
      const rate = rateAt(name, learningRate, step);
      // tidy disposes what is computed on the way and keeps what is returned.
      return tf.tidy(() => {
        const missed = (key: string): number => {
          if (!countsSteps) return 0;
          return isKnown(key, state) ? (state[MISSED]?.[key]?.dataSync()[0] ?? 0) : step;
        };
        const inputs = Object.entries(grads).map(([key, gradient]) => ({
          ...inputOf(key, gradient, params[key], state),
          learningRate: rate,
          step: step - missed(key),
          value,
        }));
        const outputs = stepAll(rule, inputs);
        const given = new Set<tf.Tensor>(
          inputs.flatMap((i) => [i.gradient, i.parameter, ...Object.values(i.slots)]),
        );
        // Every tensor that is returned is a separate one, whatever the rule returned.
        const fresh = (tensor: tf.Tensor): tf.Tensor => {
          const own = given.has(tensor) ? tf.clone(tensor) : tensor;
          given.add(own);
          return own;
        };
        const updates: tf.NamedTensorMap = {};
        // A parameter without a gradient in this step keeps its state, whether or not it is among params.
        const next: OptimizerState = Object.fromEntries(
          slotNames.map((slot) => [
            slot,
            mapTensors(state[slot] ?? {}, (t, key) => (Object.hasOwn(grads, key) ? t : tf.clone(t))),
          ]),
        );
        inputs.forEach((input, i) => {
          const { name: key } = input;
          const { update, slots: after } = checked(name, input, outputs[i]!, slotNames);
          updates[key] = fresh(update);
          for (const slot of slotNames) next[slot]![key] = fresh(after[slot]!);
        });
        if (countsSteps) {
          const counts = new Map<string, number>(inputs.map(({ name: key, step: own }) => [key, step - own]));
          for (const key of Object.keys(state[slotNames[0]!] ?? {})) {
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
> & { slots?: Record<string, SlotStart>; attributes?: (step: number) => object };

interface StepInput extends RuleInput {
  /** λ of this parameter. */
  weightDecay: number;
}

type StepOutput = {
  update: tf.Tensor;
  slots: tf.NamedTensorMap;
};

/** What a rule needs for steps without the checks around it. */
export type BareRule = Pick<Rule, 'slots' | 'decoupled' | 'rule' | 'foreach' | 'kernel' | 'attributes'>;

/** The steps of many parameters: by the list kernel, by the kernel for each, or composed. */
export function stepAll(rule: BareRule, inputs: StepInput[]): StepOutput[] {
  const { slots = {}, decoupled = true, kernel, attributes, foreach } = rule;
  if (foreach) {
    return tf.tidy(() => {
      const decayed = inputs.map((input) => (decoupled ? input : coupled(input)));
      return foreach(decayed).map((output, i) => finished(decayed[i]!, output));
    }) as unknown as StepOutput[];
  }
  const names = Object.keys(slots);
  const compose = (input: StepInput): StepOutput =>
    tf.tidy(() => {
      const decayed = decoupled ? input : coupled(input);
      return finished(decayed, rule.rule!(decayed)) as unknown as tf.TensorContainer;
    }) as unknown as StepOutput;
  if (kernel === undefined) return inputs.map(compose);

  const outputs = new Map<StepInput, StepOutput>();
  for (const [step, group] of bySteps(inputs)) {
    const own = attributes?.(step) ?? {};
    // A kernel without this attribute only decays apart from the gradient.
    const list = decoupled || 'decoupled' in own ? group : group.map(coupled);
    const all = { ...own, learningRate: group[0]!.learningRate };
    const made = fusedList(
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
      const { gradient, parameter, slots: before, weightDecay } = input;
      const [update, ...after] =
        made?.[i] ??
        fused(
          kernel,
          { gradient, parameter, ...before } as unknown as Kernels[StepKernel]['inputs'],
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

/** Kernels take one step for all, so parameters with other counts go by themselves. */
function bySteps(inputs: StepInput[]): Map<number, StepInput[]> {
  const groups = new Map<number, StepInput[]>();
  for (const input of inputs) groups.set(input.step, [...(groups.get(input.step) ?? []), input]);
  return groups;
}

/** With the decay in its gradient. */
function coupled(input: StepInput): StepInput {
  if (input.weightDecay === 0) return input;
  const gradient = tf.add(input.gradient, tf.mul(input.parameter, input.weightDecay));
  return { ...input, gradient, weightDecay: 0 };
}

/** What is added to the parameter: −η·(u + λ·θ). */
function finished(input: StepInput, { direction, update, from, slots }: RuleOutput): StepOutput {
  const { parameter, learningRate, weightDecay: lambda } = input;
  if (!update && !direction) {
    throw new Error(`perParameter: the rule gave neither direction nor update for ${input.name}; give one`);
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

function startOf(
  { name, slots = {}, assertParameter }: Rule,
  key: string,
  parameter: tf.Tensor,
): tf.NamedTensorMap {
  assertParameter?.(key, parameter);
  return Object.fromEntries(
    Object.entries(slots).map(([slot, start]) => {
      const tensor = start(parameter);
      if (!(tensor instanceof tf.Tensor)) {
        throw new Error(
          `${name}: the slot ${slot} starts as ${show(tensor)}; give a function that returns a tensor`,
        );
      }
      return [slot, tensor === parameter ? tf.clone(tensor) : tensor];
    }),
  );
}

/** An output whose tensors fit: a state of another model would be broadcast without a word. */
function checked(name: string, input: StepInput, output: StepOutput, slotNames: string[]): StepOutput {
  const fits = (tensor: tf.Tensor | undefined, like: tf.Tensor) => tensor?.shape.join() === like.shape.join();
  const { parameter, slots } = input;
  const wrong = slotNames.find((slot) => !fits(output.slots[slot], slots[slot]!));
  if (wrong !== undefined || !fits(output.update, parameter)) {
    const what = wrong === undefined ? 'update' : `slot ${wrong}`;
    const came = wrong === undefined ? output.update : output.slots[wrong];
    const before = slotNames.map((slot) => `${slot} [${slots[slot]!.shape}]`).join(', ') || 'no state';
    throw new Error(
      `${name}: the ${what} of ${input.name} [${parameter.shape}] with ${before} becomes ${came ? `[${came.shape}]` : 'missing'}; give the state of these parameters, and a rule that keeps shapes`,
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
