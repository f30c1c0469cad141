import { assertArgument, assertOptions, index, show, text } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { isSum } from './accumulate';
import { applyUpdates } from './apply-updates';
import { emptyMap, findEntry, type Optimizer, type OptimizerState, optimizerKind } from './optimizer';
import { MISSED } from './per-parameter';
import { findOutside, type SlotRange, showRange } from './slot';

export interface ToTfOptimizerOptions {
  /** A name to register the class under, so that `loadLayersModel` can load a model that was saved with this optimizer. */
  name?: string | undefined;
}

/**
 * Converts an optimizer to a `tf.Optimizer`, for `minimize`, `applyGradients` and the `compile` of tfjs-layers.
 *
 * It holds the state in variables, which `dispose` frees. Schedules follow its step count, `iterations`. The names of parameters
 * are those of their variables: `match` and `only` receive a name such as 'dense_Dense1/kernel'. Variable names are unique in
 * tfjs, so a model that is loaded while its original exists has 'dense_Dense1/kernel_1': match /kernel(_\d+)?$/.
 *
 * `getWeights` returns the state under names such as 'dense_Dense1/kernel/momentum'. `setWeights` assigns it by these names, or
 * by the order of the parameters if the names are not found. It changes nothing if a number is NaN or one that its slot cannot have. A variable with the name of a disposed one starts with new state.
 *
 * @throws when optimizer is not an optimizer; a step throws when a gradient has no variable of its name, or restored weights do
 *   not fit the parameters
 * @example
 * model.compile({ optimizer: toTfOptimizer(adamW({ only: /kernel$/ })), loss: 'categoricalCrossentropy' });
 */
export function toTfOptimizer(optimizer: Optimizer, options: ToTfOptimizerOptions = {}): tf.Optimizer {
  assertArgument('toTfOptimizer', 'optimizer', optimizer, optimizerKind);
  assertOptions('toTfOptimizer', options, { name: text });
  const { name } = options;
  const Named = adapter(optimizer, name ?? 'TenfoldOptimizer');
  if (name !== undefined) tf.serialization.registerClass(Named);
  return new Named();
}

// tfjs-core does not export its types for these two.
type Variables = { [name: string]: tf.Variable };
type NamedTensor = { name: string; tensor: tf.Tensor };

// A function rather than a class declaration, so that bundlers can remove it when it is not used.
const adapter = (optimizer: Optimizer, className: string) =>
  class extends tf.Optimizer {
    static readonly className = className;
    // Names of slots and variables come from files, so these maps have no prototype.
    #state: { [slot: string]: Variables } = emptyMap();
    /** Names of the parameters so far, with the ids of their variables. */
    readonly #known = new Map<string, number>();
    #restored = false;
    #value: tf.Tensor | undefined;
    #loss: (() => tf.Tensor) | undefined;

    override computeGradients(
      f: () => tf.Scalar,
      varList?: tf.Variable[],
    ): { value: tf.Scalar; grads: tf.NamedTensorMap } {
      const computed = super.computeGradients(f, varList);
      this.#value = computed.value;
      this.#loss = f;
      return computed;
    }

    /** Within tidy, so that neither the loss nor its gradients stay when the optimizer throws. */
    override minimize(f: () => tf.Scalar, returnCost?: boolean, varList?: tf.Variable[]): tf.Scalar | null {
      return tf.tidy(() => super.minimize(f, returnCost, varList) as tf.Scalar);
    }

    applyGradients(gradients: tf.NamedTensorMap | NamedTensor[]): void {
      const entries = Array.isArray(gradients)
        ? gradients.map((g) => [g.name, g.tensor] as const)
        : Object.entries(gradients);
      // tfjs omits gradients on which the loss does not depend, or sets them to null.
      const grads: tf.NamedTensorMap = Object.fromEntries(entries.filter(([, tensor]) => tensor));
      for (const name of Object.keys(grads)) {
        if (!registered(name)) {
          throw new Error(
            `toTfOptimizer: there is a gradient for ${name} but no variable of that name; give gradients under the names of their variables`,
          );
        }
      }
      tf.tidy(() => {
        this.#remember(Object.keys(grads));
        const params = variables(this.#known.keys());
        // Set by minimize. A call of applyGradients alone has no loss.
        const value = this.#value?.isDisposed ? undefined : this.#value;
        const info = { params, step: this.iterations, value, loss: value && this.#loss };
        const next = optimizer.update(grads, this.#state, info);
        applyUpdates(params, next.updates);
        this.#store(next.state);
      });
      this.#value = undefined;
      this.#loss = undefined;
      this.incrementIterations();
    }

    override async getWeights(): Promise<NamedTensor[]> {
      const state = Object.entries(this.#state).flatMap(([slot, tensors]) =>
        Object.entries(tensors).map(([name, tensor]) => ({ name: `${name}/${slot}`, tensor })),
      );
      return [await this.saveIterations(), ...state];
    }

    override async setWeights(weights: NamedTensor[]): Promise<void> {
      await assertWeights(weights, optimizer);
      const rest = await this.extractIterations(weights);
      this.#forget();
      for (const { name, tensor } of rest) {
        const [key, slot] = splitName(name);
        this.#state[slot] ??= emptyMap();
        this.#state[slot][key] = tf.tidy(() => tf.variable(tf.clone(tensor), false));
      }
      this.#restored = true;
    }

    override dispose(): void {
      this.#forget();
      super.dispose();
    }

    getConfig(): tf.serialization.ConfigDict {
      return {};
    }

    /** Keeps the names of the parameters. A variable with the name of a disposed one starts with new state. */
    #remember(names: string[]): void {
      for (const name of names) {
        if (this.#known.has(name) && this.#known.get(name) !== registered(name)!.id) this.#drop(name);
      }
      if (this.#known.size === 0) this.#start(names);
      for (const name of names) this.#known.set(name, registered(name)!.id);
    }

    /** Creates the state of the first parameters, or assigns them the restored state. Later ones get theirs in their first step. */
    #start(names: string[]): void {
      const fresh = optimizer.init(variables(names));
      if (this.#restored) this.#state = assignRestored(this.#state, fresh);
      // The slots of a parameter that was saved with a sum of gradients alone start with its first update.
      const isSaved = (name: string) => Object.values(this.#state).some((tensors) => tensors[name]);
      const saved = new Set(names.filter(isSaved));
      const isNew = (slot: string, name: string) => !saved.has(name) && !this.#state[slot]?.[name];
      this.#store(
        Object.fromEntries(
          Object.entries(fresh).map(([slot, tensors]) => [
            slot,
            Object.fromEntries(Object.entries(tensors).filter(([name]) => isNew(slot, name))),
          ]),
        ),
      );
      this.#restored = false;
    }

    #store(state: OptimizerState): void {
      for (const [slot, tensors] of Object.entries(state)) {
        this.#state[slot] ??= emptyMap();
        for (const [name, tensor] of Object.entries(tensors)) {
          const variable = this.#state[slot][name];
          if (variable) variable.assign(tensor);
          else this.#state[slot][name] = tf.variable(tensor, false);
        }
      }
    }

    #drop(name: string): void {
      for (const tensors of Object.values(this.#state)) {
        tensors[name]?.dispose();
        delete tensors[name];
      }
    }

    #forget(): void {
      tf.dispose(this.#state);
      this.#state = emptyMap();
      this.#known.clear();
    }
  };

const registered = (name: string): tf.Variable | undefined =>
  findEntry(tf.engine().registeredVariables, name);

const variables = (names: Iterable<string>): Variables =>
  Object.fromEntries(
    [...names].flatMap((name) => {
      const variable = registered(name);
      return variable ? [[name, variable]] : [];
    }),
  );

/** Splits 'dense_Dense1/kernel/momentum' into the name of the variable and the slot. */
function splitName(name: string): [variable: string, slot: string] {
  const end = name.lastIndexOf('/');
  return [name.slice(0, end), name.slice(end + 1)];
}

/** Throws unless the weights can be those of `getWeights`: the steps so far, then tensors with numbers that their slots can have. */
async function assertWeights(weights: NamedTensor[], optimizer: Optimizer): Promise<void> {
  const isTensor = (entry: NamedTensor | undefined) => entry?.tensor instanceof tf.Tensor;
  if (!Array.isArray(weights) || weights.length === 0 || !Array.from(weights).every(isTensor)) {
    throw new Error(`setWeights: weights is ${show(weights)}; give the result of getWeights`);
  }
  const [first, ...rest] = weights as [NamedTensor, ...NamedTensor[]];
  const steps = (await first.tensor.data())[0];
  if (first.tensor.size !== 1 || !index.accepts(steps)) {
    throw new Error(
      `setWeights: the number of steps, in ${first.name}, is ${first.tensor.size === 1 ? steps : show(first.tensor)}; give the result of getWeights`,
    );
  }
  for (const { name, tensor } of rest) {
    const [key, slot] = splitName(name);
    const range: SlotRange | undefined = isCount(slot)
      ? [0, Number(steps)]
      : findEntry(optimizer.ranges, slot);
    const outside = findOutside((await tensor.data()) as Float32Array, range);
    if (outside === undefined) continue;
    throw new Error(
      `setWeights: ${slot} of ${key} has the value ${outside}; give weights that are ${showRange(range)}, as getWeights returns them`,
    );
  }
}

const isCount = (slot: string): boolean => slot.split('.').at(-1) === MISSED;

/** Whether a parameter was saved with no slots but those of its gradients so far. */
function hasSumsAlone(restored: { [slot: string]: Variables }, name: string): boolean {
  const slots = Object.keys(restored).filter((slot) => restored[slot]![name]);
  return slots.length > 0 && slots.every(isSum);
}

/** Assigns a restored state to the current parameters: by name, or else by order. */
function assignRestored(
  restored: { [slot: string]: Variables },
  fresh: OptimizerState,
): { [slot: string]: Variables } {
  const unknown = Object.keys(restored).filter((slot) => !findEntry(fresh, slot) && !isCount(slot));
  if (unknown.length > 0) {
    throw new Error(
      `setWeights: the optimizer has no slot ${unknown.join(', ')}, only ${Object.keys(fresh).join(', ') || 'none'}; give the weights of an optimizer of the same kind`,
    );
  }
  const renamed = new Map<string, string>();
  const state = Object.entries(fresh).map(([slot, tensors]) => {
    const saved = restored[slot] ?? emptyMap();
    const names = Object.keys(tensors);
    if (names.every((name) => saved[name] || (!isSum(slot) && hasSumsAlone(restored, name)))) {
      return [slot, saved] as const;
    }
    const inOrder = Object.entries(saved);
    if (
      inOrder.length !== names.length ||
      names.some((name, i) => tensors[name]!.shape.join() !== inOrder[i]![1].shape.join())
    ) {
      throw new Error(
        `setWeights: ${slot} has the state of ${describe(saved)} but the parameters are ${describe(tensors)}; give the weights of an optimizer of the same parameters`,
      );
    }
    names.forEach((name, i) => {
      renamed.set(inOrder[i]![0], name);
    });
    return [slot, toMap(names.map((name, i) => [name, inOrder[i]![1]] as const))] as const;
  });
  // Some parameters have no count, so counts cannot be matched by order. They follow the other slots.
  const counts = Object.entries(restored)
    .filter(([slot]) => isCount(slot))
    .map(([slot, saved]) => {
      const entries = Object.entries(saved).map(
        ([name, tensor]) => [renamed.get(name) ?? name, tensor] as const,
      );
      return [slot, toMap(entries)] as const;
    });
  return toMap([...state, ...counts]);
}

/** A map without a prototype. */
const toMap = <T>(entries: (readonly [name: string, value: T])[]): { [name: string]: T } =>
  Object.assign(emptyMap<T>(), Object.fromEntries(entries));

const describe = (tensors: tf.NamedTensorMap): string =>
  Object.entries(tensors)
    .map(([name, tensor]) => `${name} [${tensor.shape}]`)
    .join(', ') || 'none';
