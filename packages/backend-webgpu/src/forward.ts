import { engine, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from './backend';

/** Results of fewer numbers stay float32: they are no traffic, and tfjs computes with the smallest on the CPU. */
const LEAST = 1024;

type Tensors = Record<string, TensorInfo>;

/** The result of a kernel that waits for its first reader, which tells how it is to be stored. */
class WaitingResult {
  private readonly inputs: Tensors = {};

  constructor(
    private readonly backend: WebgpuBackend,
    inputs: Tensors,
    private readonly y: TensorInfo,
    private readonly run: (inputs: Tensors) => void,
  ) {
    for (const [name, { dataId, shape, dtype }] of Object.entries(inputs)) {
      // A variable gets other data when it is assigned.
      this.inputs[name] = { dataId, shape, dtype };
      backend.incRef(dataId);
    }
    backend.defer(y, { compute: () => this.compute(false), release: () => this.release(), owner: this });
  }

  compute(isHalf: boolean): void {
    for (const { dataId } of Object.values(this.inputs)) this.backend.incRef(dataId);
    this.backend.settle(this.y);
    if (isHalf) this.backend.halve(this.y);
    this.run(this.inputs);
    this.release();
  }

  private release(): void {
    for (const input of Object.values(this.inputs)) this.backend.release(input);
  }
}

/**
 * Runs a kernel for whose result float16 is enough where the backend was asked for it: an activation that the backward
 * pass reads again, that is, the result of a forward kernel while tfjs records for gradients. Gradients stay float32, those of
 * gradients too, and so does inference: nothing is recorded then.
 *
 * Such a result waits until it is read. If the first to read it is such a kernel too, it is stored in float16; anything
 * else, as a loss, a kernel of tfjs or the caller, gets it in float32, never rounded.
 *
 * @param y what the kernel computes
 * @param run dispatches the kernel on the inputs that it is given, now or later
 */
export function runForward(
  backend: WebgpuBackend,
  inputs: Tensors,
  y: TensorInfo,
  run: (inputs: Tensors) => void,
): void {
  if (!isKept(backend, Object.values(inputs), y)) run(inputs);
  else new WaitingResult(backend, inputs, y, run);
}

/**
 * The same for a kernel that has results beside `y` and so cannot wait: where {@link runForward} would have y wait, it is
 * stored in float16. The caller dispatches the kernel next.
 */
export function beginForward(backend: WebgpuBackend, inputs: TensorInfo[], y: TensorInfo): void {
  if (isKept(backend, inputs, y)) backend.halve(y);
}

/** Whether a tensor is an activation in float16, which it becomes if it waits. */
export function readsHalves(backend: WebgpuBackend, x: TensorInfo): boolean {
  if (!records(backend)) return false;
  settleAsHalves(backend, x);
  return backend.halvesOf(x) !== undefined;
}

/** Whether float16 is wanted and a forward pass is recorded: of what tfjs is in the midst of, that is the innermost. */
function records({ float16 }: WebgpuBackend): boolean {
  if (!float16) return false;
  const passes = engine().state.scopeStack.filter(({ name }) => name === 'forward' || name === 'backward');
  return passes.at(-1)?.name === 'forward';
}

/** Whether y is an activation to keep; then its inputs are, those that wait for it to be said. */
function isKept(backend: WebgpuBackend, inputs: TensorInfo[], y: TensorInfo): boolean {
  if (!records(backend)) return false;
  for (const input of inputs) settleAsHalves(backend, input);
  return util.sizeFromShape(y.shape) >= LEAST;
}

function settleAsHalves(backend: WebgpuBackend, x: TensorInfo): void {
  const owner = backend.deferredOf(x)?.owner;
  if (owner instanceof WaitingResult) owner.compute(true);
}
