import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import type { Uniform } from '../program';
import { runElementwise } from './elementwise';

/** The step of an optimizer for one parameter, as WGSL. */
export interface StepRule {
  name: string;
  /** What the step reads; one of them is `parameter`. */
  inputs: Record<string, TensorInfo>;
  uniforms: Record<string, Uniform>;
  /** Names of the outputs after the update: the slots. */
  slots: string[];
  /** WGSL that sets `update` and writes the slots, for element i. */
  body: string;
}

/**
 * An optimizer's step that waits. What mostly follows is `tf.add(parameter, update)`; then the sum is computed with the
 * step, in one dispatch, and the update is never written to memory. If anything else needs the update or a slot first,
 * the step runs as it is.
 */
export class DeferredStep {
  /** [update, ...slots] */
  readonly outputs: TensorInfo[];
  private readonly rule: StepRule;
  private slotsWait = true;
  private waiting: number;

  constructor(
    private readonly backend: WebgpuBackend,
    rule: StepRule,
  ) {
    const { shape } = rule.inputs.parameter!;
    // A variable gets other data when it is assigned, which is what follows.
    const inputs = Object.entries(rule.inputs).map(([name, { dataId, dtype }]) => [
      name,
      { dataId, shape, dtype },
    ]);
    this.rule = { ...rule, inputs: Object.fromEntries(inputs) };
    this.outputs = ['update', ...rule.slots].map(() => backend.output(shape));
    this.waiting = this.outputs.length;
    // The old slots and the gradient may be disposed before the step is run.
    for (const { dataId } of Object.values(this.rule.inputs)) backend.incRef(dataId);
    const release = () => this.release();
    for (const [i, output] of this.outputs.entries()) {
      backend.defer(output, { compute: () => this.compute(i === 0), release, owner: this });
    }
  }

  /** parameter + update, if the step was for this parameter and its slots still wait; else nothing. */
  addTo(parameter: TensorInfo): TensorInfo | undefined {
    if (!this.slotsWait || parameter.dataId !== this.rule.inputs.parameter!.dataId) return undefined;
    const sum = this.backend.output(parameter.shape);
    this.run('sum', sum, 'sum[i] = parameter[i] + update;');
    return sum;
  }

  private compute(updateNeeded: boolean): void {
    // A slot alone, such as that of a parameter whose update was disposed, is computed with the update all the same.
    if (this.slotsWait || updateNeeded) this.run('update', this.outputs[0]!, 'updates[i] = update;');
  }

  private run(kind: 'sum' | 'update', target: TensorInfo, write: string): void {
    const { name, inputs, uniforms, slots, body } = this.rule;
    const targetName = kind === 'sum' ? 'sum' : 'updates';
    const outputs: Record<string, TensorInfo> = { [targetName]: target };
    for (const [i, slot] of slots.entries()) outputs[slot] = this.outputs[i + 1]!;
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
      inputs,
      outputs,
      uniforms,
      body: `${body}\n  ${write}`,
    });
    for (const { dataId } of scratch) this.backend.disposeData(dataId);
    this.release();
  }

  private release(): void {
    if (--this.waiting > 0) return;
    for (const input of Object.values(this.rule.inputs)) this.backend.release(input);
  }
}
