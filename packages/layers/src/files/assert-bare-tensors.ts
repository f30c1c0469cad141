import { func, object, show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';

/** Throws if named tensors are missing because the thing was given that contains them. */
export function assertBareTensors(name: string, given: unknown): void {
  if (ArrayBuffer.isView(given) || Object.prototype.toString.call(given) === '[object ArrayBuffer]') {
    throw new Error(
      `${name}: tensors is ${show(given)}; if these are the bytes of a file, give its tensors: loadSafetensors(bytes).tensors`,
    );
  }
  if (!object.accepts(given)) return;
  const { tensors, metadata, parameters } = given as { [name: string]: unknown };
  if (object.accepts(tensors) && !(tensors instanceof tf.Tensor) && object.accepts(metadata)) {
    throw new Error(`${name}: tensors is a file from loadSafetensors; give its tensors: file.tensors`);
  }
  if (func.accepts(parameters)) {
    throw new Error(`${name}: tensors is a model; give its parameters: model.parameters()`);
  }
  const group = Object.entries(given as object).find(([, value]) => isGroup(value));
  if (group !== undefined) {
    throw new Error(
      `${name}: ${group[0]} is ${show(group[1])}, not a tensor; give one flat map, such as model.parameters(), or flattenParams(params) of a tree`,
    );
  }
}

/** Whether a value is a tree with a tensor in it. */
const isGroup = (value: unknown): boolean =>
  object.accepts(value) &&
  !(value instanceof tf.Tensor) &&
  Object.values(value as object).some((entry) => entry instanceof tf.Tensor || isGroup(entry));
