import type * as tf from '@tensorflow/tfjs-core';
import type { Model } from './model';

/**
 * Gives a model's parameters the values of tensors of the same names, running statistics and frozen ones included. All
 * are checked before the first is changed.
 *
 * @param tensors by the names of `model.parameters()`; not disposed
 * @throws when a name is missing or unknown, or a shape or dtype differs
 * @example
 * const { tensors } = loadSafetensors(await readFile('model.safetensors'));
 * assignParameters(model, tensors);
 * tf.dispose(tensors);
 */
export function assignParameters(model: Model, tensors: tf.NamedTensorMap): void {
  const variables = model.parameters();
  const missing = Object.keys(variables).filter((name) => !(name in tensors));
  const extra = Object.keys(tensors).filter((name) => !(name in variables));
  if (missing.length || extra.length) {
    throw new Error(
      `assignParameters: ${[
        missing.length && `no tensor is given for the parameters ${list(missing)}`,
        extra.length && `the model has no parameters ${list(extra)}`,
      ]
        .filter(Boolean)
        .join(', and ')}; give exactly the names of model.parameters()`,
    );
  }
  for (const [name, variable] of Object.entries(variables)) {
    const { shape, dtype } = tensors[name]!;
    if (shape.join() !== variable.shape.join() || dtype !== variable.dtype) {
      throw new Error(
        `assignParameters: ${name} is a ${dtype} of shape [${shape}] but the model's is a ${variable.dtype} of shape [${variable.shape}]`,
      );
    }
  }
  for (const [name, variable] of Object.entries(variables)) variable.assign(tensors[name]!);
}

const list = (names: string[]): string =>
  names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
