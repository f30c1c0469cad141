import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { fallback } from '../fallback';
import { f32 } from '../program';
import { readsFloat16, storeActivation } from '../store-activation';
import { deferredUpdate } from './deferred-update';
import { runElementwise } from './elementwise';
import { withManyAxes } from './many-axes';
import { isNoUpdate } from './step-rule';

/** Larger tensors are computed immediately, since deferring them would keep their operands alive. */
const LARGEST = 16_384;
/** Tensors and numbers of an expression; a dispatch binds eight buffers on every device. */
const MOST_TENSORS = 6;
const MOST_CONSTANTS = 16;
/** A result that is used twice is computed twice within an expression: without a limit doubling would grow as 2ⁿ. */
const MOST_OPERATIONS = 64;

/** A formula over elements of tensors and numbers. */
type Expression =
  | { tensor: tf.TensorInfo }
  | { constant: number }
  /** A tensor of one element, and WGSL for that element. */
  | { scalar: tf.TensorInfo; value: (element: string) => string }
  | { operands: Expression[]; combine: (codes: string[]) => string };

/**
 * The formula of a deferred result. Operations on it extend the formula, so that a chain such as `running·(1 − m) + batch·m` is
 * one dispatch if it is needed, and none otherwise.
 */
class Formula {
  /** WGSL of element `i`. */
  readonly code: string;
  /** What the code loads: each tensor once, `load_x0`, every scalar, `load_s0`, and every number, `uniforms.k0`. */
  readonly tensors: tf.TensorInfo[] = [];
  readonly scalars: tf.TensorInfo[] = [];
  readonly constants: number[] = [];
  operations = 0;

  constructor(readonly expression: Expression) {
    this.code = this.render(expression);
  }

  private render(part: Expression): string {
    const { tensors, scalars, constants } = this;
    if ('constant' in part) return `uniforms.k${constants.push(part.constant) - 1}`;
    if ('scalar' in part) return part.value(`load_s${scalars.push(part.scalar) - 1}(0u)`);
    if ('tensor' in part) {
      const known = tensors.findIndex(({ dataId }) => dataId === part.tensor.dataId);
      return `load_x${known >= 0 ? known : tensors.push(part.tensor) - 1}(i)`;
    }
    this.operations++;
    return part.combine(part.operands.map((operand) => this.render(operand)));
  }

  get fits(): boolean {
    const { tensors, scalars, constants, operations } = this;
    return (
      tensors.length + scalars.length <= MOST_TENSORS &&
      constants.length <= MOST_CONSTANTS &&
      operations <= MOST_OPERATIONS
    );
  }

  /** A tensor of this formula, computed when it is needed. */
  defer(backend: WebgpuBackend, shape: number[]): tf.TensorInfo {
    const { code, tensors, scalars, constants } = this;
    const out = backend.output(shape);
    const types = scalars.map(({ dtype }, i) => [`s${i}`, dtype === 'float32' ? 'f32' : 'i32']);
    backend.deferrals.defer({
      inputs: {
        ...Object.fromEntries(tensors.map((tensor, i) => [`x${i}`, tensor])),
        ...Object.fromEntries(scalars.map((scalar, i) => [`s${i}`, scalar])),
      },
      outputs: [out],
      run: (inputs) =>
        runElementwise(backend, {
          name: `elementwise ${code}`,
          inputs,
          outputs: { out },
          types: Object.fromEntries(types),
          uniforms: Object.fromEntries(constants.map((value, i) => [`k${i}`, f32(value)])),
          body: `store_out(i, ${code});`,
        }),
      source: this,
    });
    return out;
  }
}

/** An operand within an expression: a number, the formula of a deferred tensor, or the tensor itself. */
function readOperand(backend: WebgpuBackend, info: tf.TensorInfo, shape: number[]): Expression | undefined {
  if (info.dtype !== 'float32') return undefined;
  if (tf.util.sizeFromShape(info.shape) === 1 && info.shape.length <= shape.length) {
    const { values } = backend.tensorMap.get(info.dataId);
    if (values) return { constant: values[0] as number };
  }
  if (!tf.util.arraysEqual(info.shape, shape) || backend.holdsIntegers(info)) return undefined;
  const source = backend.deferrals.of(info)?.source;
  if (source instanceof Formula) return source.expression;
  const { dataId, dtype } = info;
  return { tensor: { dataId, dtype, shape } };
}

/**
 * A kernel whose result is deferred where possible; otherwise tfjs's own.
 *
 * @param combine WGSL of the operation from that of its operands
 * @param before tried first; if it returns a tensor, that is the result
 */
function fusable(
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
        before?.(backend, operands) ??
        buildExpression(backend, operands, combine) ??
        (names.length === 2 ? withManyAxes(fallback(kernelName)) : fallback(kernelName))(call)
      );
    },
  };
}

function buildExpression(
  backend: WebgpuBackend,
  operands: tf.TensorInfo[],
  combine: (codes: string[]) => string,
): tf.TensorInfo | undefined {
  const largest = operands.reduce((a, b) => (b.shape.length > a.shape.length || size(b) > size(a) ? b : a));
  const { shape } = largest;
  if (size(largest) > LARGEST || size(largest) < 2) return undefined;
  // tfjs computes small tensors on the CPU if they are there.
  if (operands.every((operand) => backend.isOnCpu(operand))) return undefined;
  const parts = operands.map((operand) => readOperand(backend, operand, shape));
  if (!parts.every((part) => part !== undefined)) return undefined;
  let formula = new Formula({ operands: parts, combine });
  if (!formula.fits) {
    // Start over from the operands' values.
    for (const operand of operands) backend.uploadToGPU(operand.dataId);
    const values = operands.map((operand) => readOperand(backend, operand, shape)!);
    formula = new Formula({ operands: values, combine });
  }
  return formula.defer(backend, shape);
}

const size = ({ shape }: tf.TensorInfo): number => tf.util.sizeFromShape(shape);

/**
 * The value where a condition is true, and else the other. A value that waits for its formula is computed with the choice. The
 * choice between an update and none waits for the addition that follows; any other is computed at once, since a chain of choices
 * from step to step would keep what it chooses from.
 *
 * @param condition bool []
 * @param other of the value's shape, or []
 */
export function selectFused(
  backend: WebgpuBackend,
  condition: tf.TensorInfo,
  value: tf.TensorInfo,
  other: tf.TensorInfo,
): tf.TensorInfo {
  const { shape } = value;
  const { dataId, dtype } = condition;
  const flag: Expression = { scalar: { dataId, dtype, shape: [] }, value: (element) => `(${element} != 0)` };
  const combine = ([c, t, e]: string[]) => `select(T(${e}), T(${t}), ${c})`;
  const selectFormula = (chosen: Expression, otherwise: Expression) =>
    new Formula({ operands: [flag, chosen, otherwise], combine });
  const expressionOr = (info: tf.TensorInfo) => readOperand(backend, info, shape) ?? createLeaf(info, shape);
  let formula = selectFormula(expressionOr(value), expressionOr(other));
  if (!formula.fits) formula = selectFormula(createLeaf(value, shape), createLeaf(other, shape));
  const out = formula.defer(backend, shape);
  if (!isNoUpdate(backend, other)) backend.deferrals.compute(out.dataId);
  return out;
}

/** A tensor as it is in memory. */
function createLeaf({ dataId, shape, dtype }: tf.TensorInfo, wanted: number[]): Expression {
  if (tf.util.arraysEqual(shape, wanted)) return { tensor: { dataId, dtype, shape } };
  return { scalar: { dataId, dtype, shape }, value: (element) => `T(${element})` };
}

/** Computes a deferred update and its addition to the parameter in one dispatch. */
function addUpdate(backend: WebgpuBackend, [parameter, update]: tf.TensorInfo[]): tf.TensorInfo | undefined {
  return deferredUpdate(backend, update!)?.addTo(parameter!, update!);
}

/** The sum of float16 activations is float16; a sum with float32, as in a transformer's residual stream, is float32. */
function addFloat16(backend: WebgpuBackend, [a, b]: tf.TensorInfo[]): tf.TensorInfo | undefined {
  const { shape } = a!;
  if (!tf.util.arraysEqual(shape, b!.shape) || [a!, b!].some((x) => x.dtype !== 'float32')) return undefined;
  const float16 = [a!, b!].filter((x) => readsFloat16(backend, x));
  if (float16.length === 0) return undefined;
  const out = backend.output(shape);
  const run = (inputs: Record<string, tf.TensorInfo>) =>
    runElementwise(backend, {
      name: 'add',
      inputs,
      outputs: { out },
      body: 'store_out(i, load_a(i) + load_b(i));',
    });
  if (float16.length === 2) storeActivation(backend, { a: a!, b: b! }, out, run);
  else run({ a: a!, b: b! });
  return out;
}

/** Elementwise arithmetic with deferred results. */
export const elementwiseFusionKernels: tf.KernelConfig[] = [
  fusable(
    tf.Add,
    ['a', 'b'],
    ([a, b]) => `(${a} + ${b})`,
    (backend, operands) => addUpdate(backend, operands) ?? addFloat16(backend, operands),
  ),
  fusable(tf.Sub, ['a', 'b'], ([a, b]) => `(${a} - ${b})`),
  fusable(tf.Multiply, ['a', 'b'], ([a, b]) => `(${a} * ${b})`),
  fusable(tf.RealDiv, ['a', 'b'], ([a, b]) => `(${a} / ${b})`),
  fusable(tf.Neg, ['x'], ([x]) => `(-${x})`),
];
