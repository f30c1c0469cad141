import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { f32 } from '../program';
import { runElementwise } from './elementwise';
import { renewed, type StepInput, type StepRule, type WaitingStep } from './step-rule';

/**
 * An optimizer's step that waits. What mostly follows is `tf.add(parameter, update)`; then the sum is computed with the
 * step, in one dispatch, and the update is never written to memory. If anything else needs the update or a slot first,
 * the step runs as it is.
 */
export class DeferredStep implements WaitingStep {
  /** [update, ...slots] */
  readonly outputs: TensorInfo[];
  private readonly inputs: Record<string, TensorInfo>;
  private slotsWait = true;
  private waiting: number;

  constructor(
    private readonly backend: WebgpuBackend,
    private readonly rule: StepRule,
    private readonly input: StepInput,
  ) {
    const { gradient, parameter, slots } = input;
    const { shape } = parameter;
    const named = { gradient, parameter, ...Object.fromEntries(slots.map((slot, i) => [`slot${i}`, slot])) };
    // A variable gets other data when it is assigned, which is what follows.
    const inputs = Object.entries(named).map(([name, { dataId, dtype }]) => [name, { dataId, shape, dtype }]);
    this.inputs = Object.fromEntries(inputs);
    this.outputs = ['update', ...rule.slots].map(() => backend.output(shape));
    this.waiting = this.outputs.length;
    // The old slots and the gradient may be disposed before the step is run.
    for (const { dataId } of Object.values(this.inputs)) backend.incRef(dataId);
    const release = () => this.release();
    for (const [i, output] of this.outputs.entries()) {
      backend.defer(output, { compute: () => this.compute(i === 0), release, owner: this });
    }
  }

  addTo(parameter: TensorInfo, update: TensorInfo): TensorInfo | undefined {
    const isOurs =
      update.dataId === this.outputs[0]!.dataId && parameter.dataId === this.inputs.parameter!.dataId;
    if (!this.slotsWait || !isOurs) return undefined;
    const sum = this.backend.output(parameter.shape);
    this.run('sum', sum, 'p + update');
    return sum;
  }

  private compute(updateNeeded: boolean): void {
    // A slot alone, such as that of a parameter whose update was disposed, is computed with the update all the same.
    if (this.slotsWait || updateNeeded) this.run('update', this.outputs[0]!, 'update');
  }

  private run(kind: 'sum' | 'update', target: TensorInfo, result: string): void {
    const { name, uniforms, slots, own, formula } = this.rule;
    const outputs: Record<string, TensorInfo> = { target };
    for (const i of slots.keys()) outputs[`next${i}`] = this.outputs[i + 1]!;
    // What was disposed already is computed into a tensor that nobody sees.
    const scratch: TensorInfo[] = [];
    for (const [key, output] of Object.entries(outputs)) {
      if (this.backend.tensorMap.has(output.dataId)) continue;
      outputs[key] = this.backend.output(output.shape);
      scratch.push(outputs[key]);
    }
    this.slotsWait = false;
    // The inputs must outlive the last of the outputs that are settled.
    this.waiting++;
    for (const output of Object.values(outputs)) this.backend.settle(output);
    runElementwise(this.backend, {
      name: `${name} ${kind}`,
      inputs: this.inputs,
      outputs,
      uniforms: { ...uniforms, ...Object.fromEntries(own.map((key, i) => [key, f32(this.input.own[i]!)])) },
      body: `
  let g = load_gradient(i);
  let p = load_parameter(i);
  ${slots.map((slot, i) => `let ${slot} = load_slot${i}(i);`).join(' ')}
  ${own.map((key) => `let ${key} = uniforms.${key};`).join(' ')}
  ${formula}
  ${slots.map((slot, i) => `store_next${i}(i, ${renewed(slot)});`).join(' ')}
  store_target(i, ${result});`,
    });
    for (const { dataId } of scratch) this.backend.disposeData(dataId);
    this.release();
  }

  private release(): void {
    if (--this.waiting > 0) return;
    for (const input of Object.values(this.inputs)) this.backend.release(input);
  }
}
