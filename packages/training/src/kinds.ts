import { assertCalled, callGiven, func, type Kind, object, objectWith, show } from '@tenfold/checks';
import { assertBackend } from '@tenfold/kernels';
import type * as tf from '@tensorflow/tfjs-core';

/** Gives a kind another description. */
const describeKind = (kind: Kind, expected: string): Kind => ({ ...kind, expected });

export const lossKind = describeKind(
  func,
  'a function of labels and predictions, such as meanSquaredError of @tenfold/losses',
);

export const optimizerKind = objectWith(
  'an optimizer of @tenfold/optimizers, such as adam()',
  'init',
  'update',
);

export const signalKind = objectWith(
  'the signal of an AbortController',
  'throwIfAborted',
  'addEventListener',
);

export const metricsKind: Kind = {
  expected:
    'metrics of @tenfold/metrics or functions of labels and predictions by name, such as { accuracy }',
  accepts: (value) => object.accepts(value),
};

/** Throws unless every metric is one, or a function. */
export function assertMetrics(name: string, metrics: { readonly [name: string]: unknown } = {}): void {
  // A metric that was called by mistake rejects, and nobody else waits for it.
  for (const entry of Object.values(metrics)) if (entry instanceof Promise) entry.catch(() => {});
  for (const [key, entry] of Object.entries(metrics)) {
    if (func.accepts(entry) || object.accepts((entry as { rule?: unknown } | null | undefined)?.rule))
      continue;
    const imported = typeof entry === 'string' && /^[A-Za-z]\w*$/.test(entry) ? entry : 'accuracy';
    throw new Error(
      `${name}: metrics.${key} is ${show(entry)}; give a metric, such as ${imported} after import { ${imported} } from '@tenfold/metrics', or a function of labels and predictions`,
    );
  }
}

/** Throws when an option is a factory that was meant to be called, such as `l2` for `l2({ rate })`. */
export function assertOptionCalled(name: string, what: string, given: unknown): void {
  try {
    assertCalled(given);
  } catch (error) {
    throw new Error(`${name}: ${what}: ${(error as Error).message}`);
  }
}

/** Calls a function that was given as an option. Advice to call a factory first starts with the name of the option. */
export function callOption<A extends readonly unknown[], R>(
  name: string,
  what: string,
  given: (...inputs: A) => R,
  ...inputs: A
): R {
  try {
    return callGiven(given, ...inputs);
  } catch (error) {
    const isAdvice =
      error instanceof Error && error.message.startsWith(`the function ${given.name} was given`);
    throw isAdvice ? new Error(`${name}: ${what}: ${error.message}`) : error;
  }
}

export const dataKind: Kind = {
  expected:
    'batches in an array, an iterable, or a function that returns them; { xs, ys } with all examples; or a source with batches(epoch)',
  accepts: (value) => (typeof value === 'object' && value !== null) || func.accepts(value),
};

const METHODS = ['parameters', 'trainable', 'apply', 'predict'];

/** Throws unless a value is a model with its parameters, each under one name. */
export function assertModel(name: string, model: unknown, methods = METHODS): void {
  assertBackend(name);
  const candidate = model as { [method: string]: unknown } | null | undefined;
  const has = (method: string) => typeof candidate?.[method] === 'function';
  if (!methods.every(has)) {
    const isLayer = has('init') && has('apply');
    const advice = isLayer
      ? 'give createModel(layer), which has its parameters'
      : 'give a model from createModel';
    throw new Error(`${name}: the model is ${isLayer ? 'a layer' : show(model)}; ${advice}`);
  }
  const entries = Object.entries((candidate as { parameters(): tf.NamedTensorMap }).parameters());
  const variables = entries.map(([, variable]) => variable);
  if (new Set(variables).size < variables.length) {
    const second = variables.findIndex((variable, i) => variables.indexOf(variable) < i);
    const [first] = entries.find(([, variable]) => variable === variables[second])!;
    throw new Error(
      `${name}: ${first} and ${entries[second]![0]} are the same variable, which would be trained twice; give it one name`,
    );
  }
  if (variables.some((variable) => variable.isDisposed)) {
    throw new Error(`${name}: the model is disposed; dispose it after its last use`);
  }
}
