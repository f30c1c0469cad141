/**
 * The state that all copies of this package in a program share: an application may import it while a dependency requires it. Models
 * and optimizers are the same objects for all copies.
 */
interface Shared {
  /** The trainers in training by their models. */
  inTraining: WeakMap<object, unknown>;
  /** The states that `step` keeps of models that are not disposed. */
  stepped: Set<object>;
}

const KEY = Symbol.for('@tenfold/training');
const holder = globalThis as { [KEY]?: Shared };

holder[KEY] ??= { inTraining: new WeakMap(), stepped: new Set() };
export const shared: Shared = holder[KEY];
