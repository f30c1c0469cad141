/** A set of values that an argument may have. */
export interface Kind {
  /** What to give, as the end of a sentence: 'a number in [0, 1)'. */
  readonly expected: string;
  /** Whether a value belongs to it. */
  accepts(value: unknown): boolean;
  /** Whether `undefined` is refused; an option that is not given has its default otherwise. */
  readonly required?: boolean;
}

/** Whether something is a kind, such as one of this package. */
export const isKind = (value: unknown): value is Kind =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Kind).accepts === 'function' &&
  typeof (value as Kind).expected === 'string';
