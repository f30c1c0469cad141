import { assignParameters, loadSafetensors, saveSafetensors } from '@tenfold/layers';
import type { OptimizerState } from '@tenfold/optimizers';
import type * as tf from '@tensorflow/tfjs-core';
import type { Trainer } from './create-trainer';

const FORMAT = 'tenfold-checkpoint';
const MODEL = 'model';
const OPTIMIZER = 'optimizer';

/**
 * A trainer as the bytes of a safetensors file: `model/NAME` for every parameter, `optimizer/SLOT/NAME` for what the
 * optimizer remembers, and the number of steps in the metadata. PyTorch's loader reads it too.
 *
 * @param metadata strings to keep with it; the keys `format` and `step` are taken
 * @example
 * await writeFile('run.safetensors', await saveCheckpoint(trainer));
 */
export async function saveCheckpoint(
  trainer: Trainer,
  metadata: Record<string, string> = {},
): Promise<Uint8Array> {
  const tensors: tf.NamedTensorMap = {};
  for (const [name, variable] of Object.entries(trainer.model.parameters()))
    tensors[`${MODEL}/${name}`] = variable;
  for (const [slot, values] of Object.entries(trainer.state)) {
    for (const [name, tensor] of Object.entries(values)) tensors[`${OPTIMIZER}/${slot}/${name}`] = tensor;
  }
  return saveSafetensors(tensors, { ...metadata, format: FORMAT, step: String(trainer.stepCount) });
}

/**
 * Brings a trainer to where a checkpoint was saved: parameters, optimizer state, step. With data and seeds as they were,
 * training goes on as if it had never stopped.
 *
 * @param trainer of a model with the same parameters and an optimizer of the same kind
 * @returns the metadata that was kept with the checkpoint
 * @throws when the bytes are no checkpoint, or of another model or optimizer; then the trainer has not changed
 * @example
 * loadCheckpoint(trainer, await readFile('run.safetensors'));
 */
export function loadCheckpoint(trainer: Trainer, bytes: Uint8Array): Record<string, string> {
  const { tensors, metadata } = loadSafetensors(bytes);
  const model: tf.NamedTensorMap = {};
  const state: OptimizerState = {};
  try {
    const step = Number(metadata.step);
    if (metadata.format !== FORMAT || !Number.isSafeInteger(step) || step < 0) {
      throw new Error(
        `loadCheckpoint: the file is ${JSON.stringify(metadata.format ?? 'without a format')} at step ${JSON.stringify(metadata.step)}; give what saveCheckpoint wrote`,
      );
    }
    for (const [path, tensor] of Object.entries(tensors)) {
      const [kind, ...rest] = path.split('/');
      if (kind === MODEL) model[rest.join('/')] = tensor;
      else {
        const slot = rest[0]!;
        state[slot] = { ...state[slot], [rest.slice(1).join('/')]: tensor };
      }
    }
    assertSameSlots(trainer.state, state);
    assignParameters(trainer.model, model);
    trainer.restore(step, state);
    for (const tensor of Object.values(model)) tensor.dispose();
    return metadata;
  } catch (error) {
    for (const tensor of Object.values(tensors)) tensor.dispose();
    throw error;
  }
}

function assertSameSlots(expected: OptimizerState, found: OptimizerState): void {
  const describe = (state: OptimizerState) =>
    Object.entries(state)
      // The count of missed steps, which only parameters have that missed some.
      .filter(([slot]) => slot.split('.').at(-1) !== 'missed')
      .flatMap(([slot, values]) =>
        Object.entries(values).map(([name, { shape }]) => `${slot}/${name} [${shape}]`),
      )
      .sort();
  const [ours, theirs] = [describe(expected), describe(found)];
  const missing = ours.filter((entry) => !theirs.includes(entry));
  const extra = theirs.filter((entry) => !ours.includes(entry));
  if (missing.length || extra.length) {
    throw new Error(
      `loadCheckpoint: the optimizer remembers ${missing[0] ?? 'nothing more'} but the checkpoint has ${extra[0] ?? 'nothing of it'} (${missing.length} missing, ${extra.length} unknown); give the optimizer that it was saved with`,
    );
  }
}
