/**
 * What the copies of this package in one program share: an application may import it while a dependency requires it. tfjs's
 * registries are global, so that one copy runs the backend, and the others must reach its options and know its classes.
 */
interface Shared {
  options: { [name: string]: unknown };
  frozen: boolean;
}

const KEY = Symbol.for('@tenfold/backend-simd');
const holder = globalThis as { [KEY]?: Shared };

holder[KEY] ??= { options: {}, frozen: false };
export const shared: Shared = holder[KEY];

const markOf = (name: string): symbol => Symbol.for(`@tenfold/backend-simd.${name}`);

/** Makes an object one of the class of that name in all copies. */
export function mark(object: object, name: string): void {
  Object.defineProperty(object, markOf(name), { value: true });
}

export const isMarked = (value: unknown, name: string): boolean =>
  typeof value === 'object' && value !== null && markOf(name) in value;
