import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { fallback } from '../fallback';
import { readsHalves, runForward } from '../forward';
import { f32 } from '../program';
import { DeferredList } from './deferred-list';
import { DeferredStep } from './deferred-step';
import { runElementwise } from './elementwise';

/** Larger tensors are computed at once: waiting would keep their operands alive. */
const LARGEST = 16_384;
/** Tensors and numbers of an expression; a dispatch binds eight buffers on every device. */
const MOST_LEAVES = 6;
const MOST_CONSTANTS = 16;

/** A formula over elements of tensors, `x0[i]`, and numbers, `uniforms.k0`. */
interface Expression {
  code: string;
  leaves: tf.TensorInfo[];
  constants: number[];
}

/**
 * The result of elementwise operations that waits. What is computed from it joins it, so that a chain such as
 * `running·(1 − m) + now·m` is one dispatch when it is needed, and none when it is not.
 */
class LazyExpression {
  constructor(
    private readonly backend: WebgpuBackend,
    readonly expression: Expression,
    private readonly out: tf.TensorInfo,
  ) {
    for (const { dataId } of expression.leaves) backend.incRef(dataId);
    backend.defer(out, { compute: () => this.compute(), release: () => this.release(), owner: this });
  }

  private compute(): void {
    const { code, leaves, constants } = this.expression;
    for (const { dataId } of leaves) this.backend.incRef(dataId);
    this.backend.settle(this.out);
    runElementwise(this.backend, {
      name: `lazy ${code}`,
      inputs: Object.fromEntries(leaves.map((leaf, i) => [`x${i}`, leaf])),
      outputs: { out: this.out },
      uniforms: Object.fromEntries(constants.map((value, i) => [`k${i}`, f32(value)])),
      body: `out[i] = ${code};`,
    });
    this.release();
  }

  private release(): void {
    for (const leaf of this.expression.leaves) this.backend.release(leaf);
  }
}

/** What an operand is within an expression: a number, the formula that it waits for, or itself. */
function operandOf(backend: WebgpuBackend, info: tf.TensorInfo, shape: number[]): Expression | undefined {
  if (info.dtype !== 'float32') return undefined;
  if (tf.util.sizeFromShape(info.shape) === 1 && info.shape.length <= shape.length) {
    const { values } = backend.tensorMap.get(info.dataId);
    if (values) return { code: 'uniforms.k0', leaves: [], constants: [values[0] as number] };
  }
  if (!tf.util.arraysEqual(info.shape, shape) || backend.holdsIntegers(info)) return undefined;
  const owner = backend.deferredOf(info)?.owner;
  if (owner instanceof LazyExpression) return owner.expression;
  const { dataId, dtype } = info;
  return { code: 'x0[i]', leaves: [{ dataId, dtype, shape }], constants: [] };
}

/** Joins formulas; tensors that both have are one. */
function join(parts: Expression[], combine: (codes: string[]) => string): Expression {
  const leaves: tf.TensorInfo[] = [];
  const constants: number[] = [];
  const codes = parts.map((part) => {
    const places = part.leaves.map((leaf) => {
      const known = leaves.findIndex(({ dataId }) => dataId === leaf.dataId);
      return known >= 0 ? known : leaves.push(leaf) - 1;
    });
    const first = constants.length;
    constants.push(...part.constants);
    return part.code
      .replace(/x(\d+)\[i\]/g, (_, place) => `x${places[Number(place)]}[i]`)
      .replace(/uniforms\.k(\d+)/g, (_, place) => `uniforms.k${first + Number(place)}`);
  });
  return { code: combine(codes), leaves, constants };
}

const fits = ({ leaves, constants }: Expression): boolean =>
  leaves.length > 0 && leaves.length <= MOST_LEAVES && constants.length <= MOST_CONSTANTS;

/**
 * A kernel whose result waits where it can, else tfjs's own.
 *
 * @param combine WGSL of the operation from that of its operands
 * @param before tried first; what it returns is the result
 */
function lazy(
  kernelName: string,
  names: string[],
  combine: (codes: string[]) => string,
  before?: (backend: WebgpuBackend, operands: tf.TensorInfo[]) => tf.TensorInfo | undefined,
): tf.KernelConfig {
  return {
    kernelName,
    backendName: 'webgpu',
    kernelFunc: (call) => {
      const backend = call.backend as WebgpuBackend;
      const operands = names.map((name) => call.inputs[name]!);
      return (
        before?.(backend, operands) ?? expressionOf(backend, operands, combine) ?? fallback(kernelName)(call)
      );
    },
  };
}

function expressionOf(
  backend: WebgpuBackend,
  operands: tf.TensorInfo[],
  combine: (codes: string[]) => string,
): tf.TensorInfo | undefined {
  const largest = operands.reduce((a, b) => (b.shape.length > a.shape.length || size(b) > size(a) ? b : a));
  const { shape } = largest;
  if (size(largest) > LARGEST || size(largest) < 2) return undefined;
  // tfjs computes small tensors that are on the CPU there.
  if (operands.every((operand) => backend.isOnCpu(operand))) return undefined;
  const parts = operands.map((operand) => operandOf(backend, operand, shape));
  if (!parts.every((part) => part !== undefined)) return undefined;
  let whole = join(parts, combine);
  if (!fits(whole)) {
    // Begin anew from the operands' values.
    for (const operand of operands) backend.uploadToGPU(operand.dataId);
    whole = join(
      operands.map((operand) => operandOf(backend, operand, shape)!),
      combine,
    );
  }
  const out = backend.output(shape);
  new LazyExpression(backend, whole, out);
  return out;
}

const size = ({ shape }: tf.TensorInfo): number => tf.util.sizeFromShape(shape);

/** An update that waits and the parameter that it is added to are computed in one dispatch. */
function addUpdate(backend: WebgpuBackend, [parameter, update]: tf.TensorInfo[]): tf.TensorInfo | undefined {
  const owner = backend.deferredOf(update!)?.owner;
  const waits = owner instanceof DeferredStep || owner instanceof DeferredList;
  return waits ? owner.addTo(parameter!, update!) : undefined;
}

/** The sum of activations that are float16 is one too; with float32, as on a transformer's main path, it is float32. */
function addHalves(backend: WebgpuBackend, [a, b]: tf.TensorInfo[]): tf.TensorInfo | undefined {
  const { shape } = a!;
  if (!tf.util.arraysEqual(shape, b!.shape) || [a!, b!].some((x) => x.dtype !== 'float32')) return undefined;
  const halves = [a!, b!].filter((x) => readsHalves(backend, x));
  if (halves.length === 0) return undefined;
  const out = backend.output(shape);
  const run = (inputs: Record<string, tf.TensorInfo>) =>
    runElementwise(backend, { name: 'add', inputs, outputs: { out }, body: 'out[i] = a[i] + b[i];' });
  if (halves.length === 2) runForward(backend, { a: a!, b: b! }, out, run);
  else run({ a: a!, b: b! });
  return out;
}

/** Elementwise arithmetic whose results wait until they are needed. */
export const lazyKernels: tf.KernelConfig[] = [
  lazy(
    tf.Add,
    ['a', 'b'],
    ([a, b]) => `(${a} + ${b})`,
    (backend, operands) => addUpdate(backend, operands) ?? addHalves(backend, operands),
  ),
  lazy(tf.Sub, ['a', 'b'], ([a, b]) => `(${a} - ${b})`),
  lazy(tf.Multiply, ['a', 'b'], ([a, b]) => `(${a} * ${b})`),
  lazy(tf.RealDiv, ['a', 'b'], ([a, b]) => `(${a} / ${b})`),
  lazy(tf.Neg, ['x'], ([x]) => `(-${x})`),
];
