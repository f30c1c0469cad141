import { isMarked, mark } from './shared';

/** A tensor does not fit in the memory of the backend. Existing tensors do not change. */
export class OutOfMemoryError extends Error {
  override readonly name = 'OutOfMemoryError';

  constructor(message: string) {
    super(message);
    mark(this, 'OutOfMemoryError');
  }

  /** Includes instances of the class from another copy of this package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(value, 'OutOfMemoryError');
  }
}
