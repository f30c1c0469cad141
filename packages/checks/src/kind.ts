/** A set of values that an argument may take. */
export interface Kind {
  /** What to pass, as the end of a sentence: 'a number in [0, 1)'. */
  readonly expected: string;
  /** Whether a value is of this kind. */
  accepts(value: unknown): boolean;
  /** Whether `undefined` is rejected; false by default, so that a missing option has its default. */
  readonly required?: boolean;
}

/** Whether a value is a kind. */
export const isKind = (value: unknown): value is Kind =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Kind).accepts === 'function' &&
  typeof (value as Kind).expected === 'string';
