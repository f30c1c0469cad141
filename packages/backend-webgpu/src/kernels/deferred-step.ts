import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import type { DeferredDispatch } from '../deferrals';
import { f32 } from '../program';
import { runElementwise } from './elementwise';
import {
  type DeferredUpdate,
  ifTaken,
  isNoUpdate,
  NO_UPDATE,
  noUpdate,
  renewed,
  type StepInput,
  type StepRule,
} from './step-rule';

/**
 * A deferred optimizer step. Usually `tf.add(parameter, update)` follows; then step and sum are one dispatch, and the update is
 * never written to memory. If anything else needs the update or a slot first, the step runs alone.
 */
export class DeferredStep implements DeferredUpdate {
  /** [update, ...slots] */
  readonly outputs: TensorInfo[];
  private readonly dispatch: DeferredDispatch;
  private isAdded = false;
  private condition?: TensorInfo;

  constructor(
    private readonly backend: WebgpuBackend,
    private readonly rule: StepRule,
    private readonly input: StepInput,
  ) {
    const { gradient, parameter, slots } = input;
    const inputs = { gradient, parameter, ...Object.fromEntries(slots.map((slot, i) => [`slot${i}`, slot])) };
    this.outputs = ['update', ...rule.slots].map(() => backend.output(parameter.shape));
    this.dispatch = backend.deferrals.defer({
      inputs,
      outputs: this.outputs,
      // A single slot, such as that of a parameter whose update was disposed, is computed together with the update.
      run: (_, waiting) => this.write('update', this.outputs[0]!, 'update', waiting),
      source: this,
    });
  }

  addTo(parameter: TensorInfo, update: TensorInfo): TensorInfo | undefined {
    const [own, ...slots] = this.outputs;
    const isOwn =
      update.dataId === own!.dataId && parameter.dataId === this.dispatch.inputs.parameter!.dataId;
    if (this.isAdded || !isOwn) return undefined;
    this.isAdded = true;
    const sum = this.backend.output(parameter.shape);
    this.dispatch.settle(slots, (waiting) => this.write('sum', sum, 'p + update', [sum, ...waiting]));
    return sum;
  }

  onlyIf(condition: TensorInfo, others: ReadonlyMap<object, TensorInfo>): boolean {
    const { backend, dispatch, outputs } = this;
    const bindings = Object.keys(dispatch.inputs).length + outputs.length + 1;
    if (this.isAdded || this.condition) return false;
    if (bindings > backend.device.limits.maxStorageBuffersPerShaderStage) return false;
    const changesNothing = outputs.every((output, i) => {
      if (backend.deferrals.of(output) !== dispatch) return true;
      const other = others.get(output.dataId);
      if (!other) return false;
      return i === 0 ? isNoUpdate(backend, other) : other.dataId === dispatch.inputs[`slot${i - 1}`]!.dataId;
    });
    if (!changesNothing) return false;
    this.condition = dispatch.read(condition);
    return true;
  }

  private write(
    kind: 'sum' | 'update',
    target: TensorInfo,
    result: string,
    waiting: readonly TensorInfo[],
  ): void {
    const { backend, condition, dispatch, input, outputs } = this;
    const { name, uniforms, slots, own, formula } = this.rule;
    const keep = (before: string, after: string) => ifTaken(condition !== undefined, before, after);
    const scratch: TensorInfo[] = [];
    // Outputs that are not needed are written to temporary tensors.
    const wanted = (output: TensorInfo): TensorInfo => {
      if (waiting.includes(output)) return output;
      scratch.push(backend.output(output.shape));
      return scratch.at(-1)!;
    };
    runElementwise(backend, {
      name: `${name} ${kind}${condition ? ' if taken' : ''}`,
      inputs: { ...dispatch.inputs, ...(condition && { condition }) },
      types: { condition: 'i32' },
      outputs: {
        target: wanted(target),
        ...Object.fromEntries(slots.map((_, i) => [`next${i}`, wanted(outputs[i + 1]!)])),
      },
      uniforms: {
        ...uniforms,
        ...noUpdate,
        ...Object.fromEntries(own.map((key, i) => [key, f32(input.own[i]!)])),
      },
      body: `
  let g = load_gradient(i);
  let p = load_parameter(i);
  ${slots.map((slot, i) => `let ${slot} = load_slot${i}(i);`).join(' ')}
  ${own.map((key) => `let ${key} = uniforms.${key};`).join(' ')}
  ${formula}
  ${condition ? 'let taken = load_condition(0u) != 0;' : ''}
  ${slots.map((slot, i) => `store_next${i}(i, ${keep(slot, renewed(slot))});`).join(' ')}
  store_target(i, ${keep(kind === 'sum' ? 'p' : NO_UPDATE, result)});`,
    });
    for (const { dataId } of scratch) backend.disposeData(dataId);
  }
}
