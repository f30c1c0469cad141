import { assertArgument, assertOptions, text } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { applyUpdates } from './apply-updates';
import { type Optimizer, type OptimizerState, optimizerKind } from './optimizer';
import { MISSED } from './per-parameter';

export interface ToTfOptimizerOptions {
  /** Registers it under this name, so that `loadLayersModel` finds the optimizer of a model saved with it. */
  name?: string | undefined;
}

/**
 * The optimizer as a `tf.Optimizer`: for `minimize`, `applyGradients` and the `compile` of tfjs-layers.
 *
 * It holds the state, in variables that `dispose` frees, and counts the steps in `iterations`, which schedules go by.
 * Parameters are known by the names of their variables: what `match` and `only` look at is a name such as
 * 'dense_Dense1/kernel'. tfjs gives no two variables one name: those of a model that is loaded next to its original are
 * called 'dense_Dense1/kernel_1', so match /kernel(_\d+)?$/.
 *
 * `getWeights` gives the state as 'dense_Dense1/kernel/momentum'. `setWeights` goes by these names, or by the order of
 * the parameters where the names are not found. A variable that takes the name of a disposed one starts with new state.
 *
 * @throws when optimizer is not one; a step throws when a gradient has no variable of its name, or restored weights do not fit
 *   the parameters
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

// tfjs-core does not export its own names of these two.
type Variables = { [name: string]: tf.Variable };
type NamedTensor = { name: string; tensor: tf.Tensor };

// A function, and no class of the module, so that bundlers can leave it out.
const adapter = (optimizer: Optimizer, className: string) =>
  class extends tf.Optimizer {
    static readonly className = className;
    #state: { [slot: string]: Variables } = {};
    /** Names of the parameters so far, each with the id of its variable. */
    readonly #known = new Map<string, number>();
    #restored = false;
    #value: tf.Tensor | undefined;

    override computeGradients(
      f: () => tf.Scalar,
      varList?: tf.Variable[],
    ): { value: tf.Scalar; grads: tf.NamedTensorMap } {
      const computed = super.computeGradients(f, varList);
      this.#value = computed.value;
      return computed;
    }

    applyGradients(gradients: tf.NamedTensorMap | NamedTensor[]): void {
      const given = Array.isArray(gradients)
        ? gradients.map((g) => [g.name, g.tensor] as const)
        : Object.entries(gradients);
      // tfjs leaves out, or sets to null, what the loss does not depend on.
      const grads: tf.NamedTensorMap = Object.fromEntries(given.filter(([, tensor]) => tensor));
      for (const name of Object.keys(grads)) {
        if (!registered()[name]) {
          throw new Error(
            `toTfOptimizer: there is a gradient for ${name} but no variable of that name; give gradients by the names of variables`,
          );
        }
      }
      tf.tidy(() => {
        this.#remember(Object.keys(grads));
        const params = variables(this.#known.keys());
        // Given by minimize; gradients that come without it have none.
        const value = this.#value?.isDisposed ? undefined : this.#value;
        const next = optimizer.update(grads, this.#state, { params, step: this.iterations, value });
        applyUpdates(params, next.updates);
        this.#store(next.state);
      });
      this.#value = undefined;
      this.incrementIterations();
    }

    override async getWeights(): Promise<NamedTensor[]> {
      const state = Object.entries(this.#state).flatMap(([slot, tensors]) =>
        Object.entries(tensors).map(([name, tensor]) => ({ name: `${name}/${slot}`, tensor })),
      );
      return [await this.saveIterations(), ...state];
    }

    override async setWeights(weights: NamedTensor[]): Promise<void> {
      const rest = await this.extractIterations(weights);
      this.#forget();
      for (const { name, tensor } of rest) {
        const end = name.lastIndexOf('/');
        const slot = name.slice(end + 1);
        this.#state[slot] ??= {};
        this.#state[slot][name.slice(0, end)] = tf.tidy(() => tf.variable(tf.clone(tensor), false));
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

    /** Makes the state of the first parameters, or fits the restored state to them; later ones get theirs in their first step. */
    #remember(names: string[]): void {
      for (const name of names) {
        if (this.#known.has(name) && this.#known.get(name) !== registered()[name]!.id) this.#drop(name);
      }
      const isFirst = this.#known.size === 0;
      for (const name of names) this.#known.set(name, registered()[name]!.id);
      if (!isFirst) return;
      const fresh = optimizer.init(variables(names));
      if (this.#restored) this.#state = fitted(this.#state, fresh);
      const isNew = (slot: string, name: string) => !this.#state[slot]?.[name];
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
        this.#state[slot] ??= {};
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
      this.#state = {};
      this.#known.clear();
    }
  };

const registered = (): Variables => tf.engine().registeredVariables;

const variables = (names: Iterable<string>): Variables =>
  Object.fromEntries([...names].flatMap((name) => (registered()[name] ? [[name, registered()[name]!]] : [])));

/** The restored state under the names of the parameters that are there now: by name, or else by order. */
function fitted(
  restored: { [slot: string]: Variables },
  fresh: OptimizerState,
): { [slot: string]: Variables } {
  const isCount = (slot: string) => slot.split('.').at(-1) === MISSED;
  const unknown = Object.keys(restored).filter((slot) => !fresh[slot] && !isCount(slot));
  if (unknown.length > 0) {
    throw new Error(
      `setWeights: the optimizer has no slot ${unknown.join(', ')} but ${Object.keys(fresh).join(', ') || 'none'}; give the weights of an optimizer of the same kind`,
    );
  }
  const renamed = new Map<string, string>();
  const state = Object.entries(fresh).map(([slot, tensors]) => {
    const saved = restored[slot] ?? {};
    const names = Object.keys(tensors);
    if (names.every((name) => saved[name])) return [slot, saved] as const;
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
    return [slot, Object.fromEntries(names.map((name, i) => [name, inOrder[i]![1]]))] as const;
  });
  // Not every parameter has a count, so their order says nothing: they follow the other slots.
  const counts = Object.entries(restored)
    .filter(([slot]) => isCount(slot))
    .map(([slot, saved]) => {
      const entries = Object.entries(saved).map(([name, tensor]) => [renamed.get(name) ?? name, tensor]);
      return [slot, Object.fromEntries(entries) as Variables] as const;
    });
  return Object.fromEntries([...state, ...counts]);
}

const describe = (tensors: tf.NamedTensorMap): string =>
  Object.entries(tensors)
    .map(([name, tensor]) => `${name} [${tensor.shape}]`)
    .join(', ') || 'none';
