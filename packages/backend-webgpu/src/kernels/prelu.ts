import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { fallback } from '../fallback';
import { u32 } from '../program';
import { runElementwise } from './elementwise';

/** x where it is not negative, else alpha·x: by a choice, where tfjs's kernel multiplies by masks and makes NaN of infinities. */
export const prelu: tf.KernelConfig = {
  kernelName: tf.Prelu,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { x, alpha } = call.inputs as { x: tf.TensorInfo; alpha: tf.TensorInfo };
    const shape = tf.broadcast_util.assertAndGetBroadcastShape(x.shape, alpha.shape);
    const isCovered = tf.util.arraysEqual(shape, x.shape) && tf.util.sizeFromShape(shape) > 0;
    if (!isCovered || x.dtype !== 'float32' || alpha.dtype !== 'float32') return fallback(tf.Prelu)(call);
    const backend = call.backend as WebgpuBackend;
    const slopes = repeats(alpha.shape, x.shape) ? alpha : spread(backend, alpha, x.shape);
    const out = backend.output(x.shape);
    runElementwise(backend, {
      name: 'prelu',
      inputs: { x, alpha: slopes },
      outputs: { out },
      types: { alpha: 'f32' },
      uniforms: { slopes: u32(tf.util.sizeFromShape(slopes.shape)) },
      declarations: `
fn slope(place: u32) -> f32 { return load_alpha(place % uniforms.slopes); }
fn slopesOf(places: U) -> T { return ${isOfVectors(x) ? 'T(slope(places.x), slope(places.y), slope(places.z), slope(places.w))' : 'slope(places)'}; }`,
      body: 'store_out(i, select(load_x(i), slopesOf(placesOf(i)) * load_x(i), load_x(i) < T(0.0)));',
    });
    if (slopes !== alpha) backend.disposeData(slopes.dataId);
    return out;
  },
};

const isOfVectors = ({ shape }: tf.TensorInfo): boolean => tf.util.sizeFromShape(shape) % 4 === 0;

/** Whether the numbers of a shape come again and again along the whole of a larger one. */
function repeats(shape: number[], larger: number[]): boolean {
  const first = shape.findIndex((n) => n !== 1);
  const inner = first < 0 ? [] : shape.slice(first);
  return tf.util.arraysEqual(inner, larger.slice(larger.length - inner.length));
}

/** A tensor broadcast to a shape. */
function spread(backend: WebgpuBackend, info: tf.TensorInfo, shape: number[]): tf.TensorInfo {
  const aligned = [...new Array<number>(shape.length - info.shape.length).fill(1), ...info.shape];
  const { kernelFunc } = tf.getKernel(tf.Tile, 'webgpu')!;
  const attrs = { reps: shape.map((n, i) => n / aligned[i]!) };
  return kernelFunc({ inputs: { x: { ...info, shape: aligned } }, backend, attrs }) as tf.TensorInfo;
}
