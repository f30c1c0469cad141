/**
 * The state that all copies of this package in a program share: an application may import it while a dependency requires it. tfjs's
 * registries are global, so one copy runs the backend, and the others need access to its options and classes.
 */
interface Shared {
  options: { [name: string]: unknown };
  frozen: boolean;
}

const KEY = Symbol.for('@tenfold/backend-simd');
const holder = globalThis as { [KEY]?: Shared };

holder[KEY] ??= { options: {}, frozen: false };
export const shared: Shared = holder[KEY];

const markSymbol = (name: string): symbol => Symbol.for(`@tenfold/backend-simd.${name}`);

/** Marks an object as an instance of a class, for all copies. */
export function mark(object: object, name: string): void {
  Object.defineProperty(object, markSymbol(name), { value: true });
}

export const isMarked = (value: unknown, name: string): boolean =>
  typeof value === 'object' && value !== null && markSymbol(name) in value;
