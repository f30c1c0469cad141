/** What a function of `(x, options)` is called with; the array follows an index when `Array.prototype.map` calls it. */
export type Call<O extends object> = [x?: unknown, options?: O, array?: unknown];

/**
 * The options of a call, {} where they are left out. They are also left out when `Array.prototype.map` calls the function, which
 * passes the index of x and the array: any other number is what the caller took for an option, and stays to be refused.
 *
 * @throws when there is no argument, as in `sequential([dense({ … }), relu()])`
 */
export function callOptions<O extends object>(name: string, call: Call<O>): O {
  if (call.length === 0) {
    throw new Error(
      `${name}: x is missing; give a tensor, or as a layer or an activation the function itself, without a call`,
    );
  }
  const [x, options, array] = call;
  if (options === undefined) return {} as O;
  const isMapped = typeof options === 'number' && Array.isArray(array) && Object.is(array[options], x);
  return isMapped ? ({} as O) : options;
}
