import { show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';

/**
 * A parameter of a layer by its path, such as 'kernel' or 'recurrent.kernel'.
 *
 * @throws when there is none of this name, or it has no axis besides the last
 */
export function parameterAt(name: string, params: object, path: string): tf.Variable {
  let found: unknown = params;
  for (const key of path.split('.')) found = (found as { [key: string]: unknown } | undefined)?.[key];
  if (!(found instanceof tf.Tensor)) {
    throw new Error(
      `${name}: the layer has no parameter ${show(path)}; give parameter the name of one, such as 'kernel' or 'recurrent.kernel'`,
    );
  }
  if (found.rank < 2) {
    throw new Error(
      `${name}: the parameter ${show(path)} has shape [${found.shape}]; give one of at least two axes, the last of which is the outputs`,
    );
  }
  return found as tf.Variable;
}

/** A copy of the tree of parameters with another tensor at the path. */
export function withParameter<P extends object>(params: P, path: string, value: tf.Tensor): P {
  const [first, ...rest] = path.split('.') as [string, ...string[]];
  const inner = params[first as keyof P] as object;
  return { ...params, [first]: rest.length > 0 ? withParameter(inner, rest.join('.'), value) : value };
}
