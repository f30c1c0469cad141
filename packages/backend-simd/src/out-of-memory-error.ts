import { isMarked, mark } from './shared';

/** A tensor does not fit in the backend's memory; existing tensors are unchanged. */
export class OutOfMemoryError extends Error {
  override readonly name = 'OutOfMemoryError';

  constructor(message: string) {
    super(message);
    mark(this, 'OutOfMemoryError');
  }

  /** Also of the class in another copy of this package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(value, 'OutOfMemoryError');
  }
}
