import { countFlops } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import type { Adapter, Operands } from './check';
import type { SpeedCase } from './speed';

/** Operands as tensors of tfjs's current backend. */
function createTensors(operands: Operands): tf.NamedTensorMap {
  const tensors = Object.entries(operands).map(
    ([name, { shape, values, dtype }]) => [name, tf.tensor(values, [...shape], dtype)] as const,
  );
  const list = tensors.map(([, tensor]) => tensor) as tf.TensorContainerArray as unknown as tf.NamedTensorMap;
  return Array.isArray(operands) ? list : Object.fromEntries(tensors);
}

const runKernel = (kernel: string, inputs: tf.NamedTensorMap, attributes: object): tf.Tensor[] =>
  [tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap)].flat();

/** Runs kernels on tfjs's current backend. */
export const runOnEngine: Adapter = async (kernel, operands, attributes) => {
  const inputs = createTensors(operands);
  const outputs = runKernel(kernel, inputs, attributes);
  const results = await Promise.all(
    outputs.map(async (out) => ({ shape: out.shape, values: (await out.data()).slice() })),
  );
  tf.dispose([inputs, outputs]);
  return results;
};

/** A kernel with its tensors on tfjs's current backend, ready to be timed. */
export interface ReadyCase {
  /** Its floating-point operations, see `countFlops`; 0 for what only moves data. */
  flops: number;
  /** The bytes that it reads and writes at least. */
  bytes: number;
  /** Runs it; the outputs are the caller's. */
  run: () => tf.Tensor[];
  /** Disposes its tensors. */
  dispose: () => void;
}

/** Puts a case on tfjs's current backend, and runs it once. */
export async function ready(one: SpeedCase): Promise<ReadyCase> {
  const inputs = createTensors(await one.operands(runOnEngine));
  const run = () => runKernel(one.kernel, inputs, one.attributes);
  const { result: outputs, flops } = countFlops(run);
  // A slice reads as much as it writes and leaves the rest of its input alone.
  const read = one.kernel === tf.Slice ? outputs : Object.values(inputs);
  const bytes = 4 * [...read, ...outputs].reduce((sum, { size }) => sum + size, 0);
  tf.dispose(outputs);
  return { flops, bytes, run, dispose: () => tf.dispose(inputs) };
}
