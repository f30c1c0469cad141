import { assertArgument } from './assert-argument';
import { missingCall } from './assert-called';
import { func, required } from './kinds';

/**
 * Calls a function that a caller gave, such as a layer or a stopping rule. Where a factory was given without a call, such as
 * `maxPool2d` for `maxPool2d()`, its complaint about its options becomes the advice to call it.
 *
 * @param given the function
 * @param inputs what it is called with
 * @returns its result
 * @throws when it is not a function, what it throws, or the advice
 * @example
 * callGiven(maxPool2d, x); // the function maxPool2d was given without a call; give maxPool2d(…), with its options
 */
export function callGiven<A extends readonly unknown[], R>(given: (...inputs: A) => R, ...inputs: A): R {
  assertArgument('callGiven', 'given', given, required(func));
  try {
    return given(...inputs);
  } catch (error) {
    const { name } = given;
    const complaints = [`${name}: options is `, `${name}: there is no option `];
    if (!(error instanceof Error && name && complaints.some((text) => error.message.startsWith(text)))) {
      throw error;
    }
    throw new Error(missingCall(name));
  }
}
