import { isMarked, mark } from './shared';

/** The backend's memory has no room for a tensor; what was there before is as it was. */
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
