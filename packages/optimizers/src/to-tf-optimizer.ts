import * as tf from '@tensorflow/tfjs-core';
import { applyUpdates } from './apply-updates';
import type { Optimizer, OptimizerState } from './optimizer';

export interface ToTfOptimizerOptions {
  /** Registers it under this name, so that `loadLayersModel` finds the optimizer of a model saved with it. */
  name?: string;
}

/**
 * The optimizer as a `tf.Optimizer`: for `minimize`, `applyGradients` and the `compile` of tfjs-layers.
 *
 * It holds the state, in variables that `dispose` frees, and counts the steps in `iterations`, which schedules go by.
 * Parameters are known by the names of their variables: what `match` and `only` look at is a name such as
 * 'dense_Dense1/kernel'. tfjs gives no two variables one name: those of a model that is loaded beside its original are
 * called 'dense_Dense1/kernel_1', so match /kernel(_\d+)?$/.
 *
 * `getWeights` gives the state as 'dense_Dense1/kernel/momentum'. `setWeights` goes by these names, or by the order of
 * the parameters where the names are not found.
 *
 * @throws when a gradient has no variable of its name, or restored weights do not fit the parameters
 * @example
 * model.compile({ optimizer: toTfOptimizer(adamW({ only: /kernel$/ })), loss: 'categoricalCrossentropy' });
 */
export function toTfOptimizer(optimizer: Optimizer, { name }: ToTfOptimizerOptions = {}): tf.Optimizer {
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
    readonly #known = new Set<string>();
    #restored = false;

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
        const params = variables(this.#known);
        const next = optimizer.update(grads, this.#state, { params, step: this.iterations });
        applyUpdates(params, next.updates);
        for (const [slot, tensors] of Object.entries(next.state)) {
          for (const [name, tensor] of Object.entries(tensors)) this.#state[slot]![name]!.assign(tensor);
        }
      });
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

    /** Makes the state of parameters that come for the first time, or fits the restored state to them. */
    #remember(names: string[]): void {
      const added = names.filter((name) => !this.#known.has(name));
      if (added.length === 0) return;
      const fresh = optimizer.init(variables(added));
      if (this.#restored) this.#state = fitted(this.#state, fresh);
      for (const [slot, tensors] of Object.entries(fresh)) {
        this.#state[slot] ??= {};
        for (const [name, tensor] of Object.entries(tensors)) {
          this.#state[slot][name] ??= tf.variable(tensor, false);
        }
      }
      for (const name of added) this.#known.add(name);
      this.#restored = false;
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
  const unknown = Object.keys(restored).filter((slot) => !fresh[slot]);
  if (unknown.length > 0) {
    throw new Error(
      `setWeights: the optimizer has no slot ${unknown.join(', ')} but ${Object.keys(fresh).join(', ') || 'none'}; give the weights of an optimizer of the same kind`,
    );
  }
  return Object.fromEntries(
    Object.entries(fresh).map(([slot, tensors]) => {
      const saved = restored[slot] ?? {};
      const names = Object.keys(tensors);
      if (names.every((name) => saved[name])) return [slot, saved];
      const inOrder = Object.values(saved);
      if (
        inOrder.length !== names.length ||
        names.some((name, i) => tensors[name]!.shape.join() !== inOrder[i]!.shape.join())
      ) {
        throw new Error(
          `setWeights: ${slot} has the state of ${describe(saved)} but the parameters are ${describe(tensors)}; give the weights of an optimizer of the same parameters`,
        );
      }
      return [slot, Object.fromEntries(names.map((name, i) => [name, inOrder[i]!]))];
    }),
  );
}

const describe = (tensors: tf.NamedTensorMap): string =>
  Object.entries(tensors)
    .map(([name, tensor]) => `${name} [${tensor.shape}]`)
    .join(', ') || 'none';
