/**
 * Throws when a function is a factory that was meant to be called, such as `dense` for `dense({ … })`: one whose source shows that
 * it checks its first argument with `assertOptions` under its own name. It is not called. Where the source does not show it, as after
 * minification, nothing is thrown; {@link callGiven} then finds the mistake in the first call.
 *
 * @param given any value; one that is not a function passes
 * @throws the advice to call it
 * @example
 * assertCalled(dense); // the function dense was given without a call; give dense(…), with its options
 */
export function assertCalled(given: unknown): void {
  if (typeof given !== 'function' || !/^[A-Za-z_$][\w$]*$/.test(given.name)) return;
  const source = Function.prototype.toString.call(given);
  const [, first] = /^(?:async )?function[^(]*\(\s*([\w$]+)/.exec(source) ?? [];
  if (first === undefined) return;
  const quote = (name: string) => name.replaceAll('$', '\\$');
  const checks = new RegExp(
    `assertOptions\\)?\\(\\s*["'\`]${quote(given.name)}["'\`]\\s*,\\s*${quote(first)}\\b`,
  );
  if (checks.test(source)) throw new Error(missingCall(given.name));
}

/** What is wrong with a factory in place of its result. */
export const missingCall = (name: string): string =>
  `the function ${name} was given without a call; give ${name}(…), with its options`;
