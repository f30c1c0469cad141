import { engine, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from './backend';
import type { DeferredDispatch } from './deferrals';

/** Smaller results stay float32: their memory traffic is negligible, and tfjs computes with the smallest on the CPU. */
const LEAST = 1024;

type Tensors = Record<string, TensorInfo>;

/** A deferred result, whose first reader decides how it is stored. */
class DeferredActivation {
  readonly dispatch: DeferredDispatch;

  constructor(
    private readonly backend: WebgpuBackend,
    inputs: Tensors,
    private readonly y: TensorInfo,
    private readonly run: (inputs: Tensors) => void,
  ) {
    this.dispatch = backend.deferrals.defer({ inputs, outputs: [y], run, source: this });
  }

  computeInFloat16(): void {
    this.dispatch.settle([this.y], () => {
      this.backend.float16Storage.store(this.y);
      this.run(this.dispatch.inputs);
    });
  }
}

/**
 * Runs a kernel for whose result float16 is enough where the backend was asked for it: an activation that the backward
 * pass reads again, that is, the result of a forward kernel while tfjs records for gradients. Gradients stay float32, those of
 * gradients too, and so does inference: nothing is recorded then.
 *
 * Such a result is deferred until it is read. If its first reader is also such a kernel, it is stored in float16; any other
 * reader, such as a loss, a kernel of tfjs or the caller, gets it in float32, never rounded.
 *
 * @param y what the kernel computes
 * @param run dispatches the kernel on the inputs that it is given, now or later
 */
export function storeActivation(
  backend: WebgpuBackend,
  inputs: Tensors,
  y: TensorInfo,
  run: (inputs: Tensors) => void,
): void {
  if (!isKept(backend, Object.values(inputs), y)) run(inputs);
  else new DeferredActivation(backend, inputs, y, run);
}

/**
 * The same for a kernel with more results than `y`, which cannot wait: where {@link storeActivation} would have y wait, it is
 * stored in float16. The caller dispatches the kernel next.
 */
export function storeFirstResult(backend: WebgpuBackend, inputs: TensorInfo[], y: TensorInfo): void {
  if (isKept(backend, inputs, y)) backend.float16Storage.store(y);
}

/** Whether a tensor is a float16 activation; a deferred one becomes float16. */
export function readsFloat16(backend: WebgpuBackend, x: TensorInfo): boolean {
  if (!records(backend)) return false;
  settleAsHalves(backend, x);
  return backend.float16Storage.of(x) !== undefined;
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
  const source = backend.deferrals.of(x)?.source;
  if (source instanceof DeferredActivation) source.computeInFloat16();
}
