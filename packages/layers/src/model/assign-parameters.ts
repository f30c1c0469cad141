import { assertArgument, assertOptions, flag, nearestName, object, required, show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { assertBareTensors } from '../files/assert-bare-tensors';
import { assertModel } from './assert-model';
import type { Model } from './layer';

export interface AssignParametersOptions {
  /** Whether parameters without a tensor keep their values; false by default. Unknown names are always an error. */
  partial?: boolean;
}

/**
 * Assigns named tensors to a model's parameters, including running statistics and frozen parameters. All tensors are checked
 * before the first parameter changes.
 *
 * @param tensors tensors under the names of `model.parameters()`; they are not disposed
 * @throws when a name is missing (unless `partial`) or unknown, a value is not a tensor, a shape or dtype differs, or the model is
 *   disposed
 * @example
 * const { tensors } = loadSafetensors(await readFile('model.safetensors'));
 * assignParameters(model, tensors);
 * tf.dispose(tensors);
 */
export function assignParameters(
  model: Pick<Model, 'parameters'>,
  tensors: tf.NamedTensorMap,
  options: AssignParametersOptions = {},
): void {
  assertModel('assignParameters', model, 'parameters');
  assertBareTensors('assignParameters', tensors);
  assertArgument('assignParameters', 'tensors', tensors, required(object));
  assertOptions('assignParameters', options, { partial: flag });
  const { partial = false } = options;
  const variables = model.parameters();
  const known = Object.keys(variables);
  assertNoCheckpoint(variables, tensors);
  const missing = partial ? [] : known.filter((name) => !Object.hasOwn(tensors, name));
  const extra = Object.keys(tensors).filter((name) => !Object.hasOwn(variables, name));
  if (missing.length || extra.length) {
    const near = extra[0] === undefined ? undefined : nearestName(extra[0], known);
    throw new Error(
      `assignParameters: ${[
        missing.length && `there is no tensor for the parameters ${list(missing)}`,
        extra.length &&
          `the model has no ${extra.length === 1 ? 'parameter' : 'parameters'} ${list(extra)}${near ? ` (is ${extra[0]} ${near}?)` : ''}`,
      ]
        .filter(Boolean)
        .join(', and ')}; give ${partial ? 'names' : 'exactly the names'} of model.parameters()${
        !partial && extra.length === 0 ? ', or { partial: true } to keep the others' : ''
      }`,
    );
  }
  const entries = Object.entries(tensors);
  for (const [name, tensor] of entries) {
    const variable = variables[name]!;
    if (variable.isDisposed) {
      throw new Error(
        `assignParameters: the parameter ${name} of the model is disposed; create the model again with createModel`,
      );
    }
    if (!(tensor instanceof tf.Tensor)) {
      throw new Error(
        `assignParameters: ${name} is ${show(tensor)}, which is not a tf.Tensor; give a tensor, such as tf.tensor(values)`,
      );
    }
    if (tensor.isDisposed) throw new Error(`assignParameters: the tensor for ${name} is disposed`);
    if (tensor.shape.join() !== variable.shape.join() || tensor.dtype !== variable.dtype) {
      throw new Error(
        `assignParameters: the tensor for ${name} is ${tensor.dtype} [${tensor.shape}] but the model's is ${variable.dtype} [${variable.shape}]; ${adviceFor(tensor, variable, partial)}`,
      );
    }
  }
  // Cloned, because a tensor may be one of the model's variables, and assign disposes their old values.
  const clones = entries.map(([name, tensor]) => [name, tf.clone(tensor)] as const);
  for (const [name, clone] of clones) {
    variables[name]!.assign(clone);
    clone.dispose();
  }
}

/** Throws if the tensors are those of a checkpoint, which has the parameters under model/ and the optimizer's state. */
function assertNoCheckpoint(variables: object, tensors: object): void {
  const names = Object.keys(tensors);
  const isWithin = (name: string) => /^(model|optimizer)\//.test(name) && !Object.hasOwn(variables, name);
  if (!names.some((name) => name.startsWith('model/')) || !names.every(isWithin)) return;
  throw new Error(
    "assignParameters: tensors are those of a checkpoint, which has the parameters under model/; for these alone give loadSafetensors(bytes, { prefix: 'model/' }).tensors, or restore a trainer with loadCheckpoint(trainer, bytes) of @tenfold/training",
  );
}

/** What to do about a tensor of another shape or dtype. */
function adviceFor(tensor: tf.Tensor, variable: tf.Variable, partial: boolean): string {
  const { shape, dtype } = tensor;
  if (shape.join() === variable.shape.join()) return `cast it: tf.cast(tensor, '${variable.dtype}')`;
  const fits = (order: number[]) => order.map((axis) => shape[axis]).join() === variable.shape.join();
  // PyTorch's kernels are [out, in] and [out, in, height, width].
  const orders = [
    [1, 0],
    [2, 3, 1, 0],
    [3, 2, 1, 0],
  ];
  const order = orders.find(({ length }, i) => length === shape.length && fits(orders[i]!));
  const leaveOut = `leave it out${partial ? '' : ', with { partial: true }'}, or give a model of that size`;
  return order && dtype === variable.dtype
    ? `if its axes are in another order, as in PyTorch, transpose it: tf.transpose(tensor, [${order.join(', ')}]); otherwise ${leaveOut}`
    : leaveOut;
}

const list = (names: string[]): string =>
  names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
