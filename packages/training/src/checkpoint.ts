import { assertArgument, index, type Kind, object, objectWith, required, show } from '@tenfold/checks';
import { assignParameters, loadSafetensors, saveSafetensors } from '@tenfold/layers';
import type { OptimizerState } from '@tenfold/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import { assertValues, isCount, namesOf } from './assert-state';
import { counted } from './counted';
import type { TrainedModel, Trainer } from './create-trainer';

const FORMAT = 'tenfold-checkpoint';
const MODEL = 'model';
const OPTIMIZER = 'optimizer';

/** A trainer of any model, with the parts that a checkpoint has. */
export type CheckpointedTrainer = Pick<Trainer, 'stepCount' | 'state' | 'ranges' | 'restore'> & {
  /** The model. */
  readonly model: Pick<TrainedModel, 'parameters'>;
};

const trainerKind = required(objectWith('a trainer from createTrainer', 'step', 'restore'));

const metadataKind: Kind = {
  expected: 'an object of strings',
  accepts: (value) =>
    object.accepts(value) && Object.values(value as object).every((text) => typeof text === 'string'),
};

const bytesKind = required({
  expected: 'a Uint8Array from saveCheckpoint',
  accepts: (value) => value instanceof Uint8Array,
});

/**
 * Saves a trainer to a safetensors file: `model/NAME` for each parameter, `optimizer/SLOT/NAME` for the optimizer's state, and the
 * step count in the metadata. PyTorch can read the file too.
 *
 * The file has the values at the time of the call, even if steps follow before the promise resolves.
 *
 * @param metadata strings to store with it; the keys `format` and `step` are reserved
 * @returns the bytes of the file
 * @example
 * await writeFile('run.safetensors', await saveCheckpoint(trainer));
 */
export async function saveCheckpoint(
  trainer: CheckpointedTrainer,
  metadata: Record<string, string> = {},
): Promise<Uint8Array> {
  assertArgument('saveCheckpoint', 'trainer', trainer, trainerKind);
  assertArgument('saveCheckpoint', 'metadata', metadata, metadataKind);
  const reserved = ['format', 'step'].find((key) => Object.hasOwn(metadata, key));
  if (reserved !== undefined) {
    throw new Error(`saveCheckpoint: the key ${reserved} of metadata is reserved; give another key`);
  }
  const tensors: tf.NamedTensorMap = {};
  for (const [name, variable] of Object.entries(trainer.model.parameters()))
    tensors[`${MODEL}/${name}`] = variable;
  for (const [slot, values] of Object.entries(trainer.state)) {
    for (const [name, tensor] of Object.entries(values)) tensors[`${OPTIMIZER}/${slot}/${name}`] = tensor;
  }
  return saveSafetensors(tensors, { ...metadata, format: FORMAT, step: String(trainer.stepCount) });
}

/**
 * Restores parameters, optimizer state and step count from a checkpoint. With the same data and seeds, training continues as if it
 * had never stopped.
 *
 * @param trainer a trainer with a model of the same parameters and an optimizer of the same kind
 * @returns the metadata of the checkpoint
 * @throws when the bytes are not a checkpoint, belong to another model or optimizer, or have numbers that a slot of the optimizer
 *   cannot have, such as a negative mean of squares, or the trainer is disposed; the trainer has not changed then
 * @example
 * loadCheckpoint(trainer, await readFile('run.safetensors'));
 */
export function loadCheckpoint(trainer: CheckpointedTrainer, bytes: Uint8Array): Record<string, string> {
  assertArgument('loadCheckpoint', 'trainer', trainer, trainerKind);
  assertArgument('loadCheckpoint', 'bytes', bytes, bytesKind);
  const { tensors, metadata } = loadSafetensors(bytes);
  // Without a prototype, so that every name of the file becomes a property.
  const model: tf.NamedTensorMap = Object.create(null);
  const state: OptimizerState = Object.create(null);
  const before: tf.NamedTensorMap = Object.create(null);
  try {
    const step = Number(metadata.step);
    if (metadata.format !== FORMAT || !index.accepts(step) || String(step) !== metadata.step) {
      throw new Error(`loadCheckpoint: ${explainMetadata(metadata, tensors)}`);
    }
    for (const [path, tensor] of Object.entries(tensors)) {
      const [kind, ...rest] = path.split('/');
      const [slot, ...name] = rest;
      if (kind === MODEL && slot !== undefined) model[rest.join('/')] = tensor;
      else if (kind === OPTIMIZER && slot !== undefined && name.length > 0) {
        state[slot] ??= Object.create(null) as tf.NamedTensorMap;
        state[slot][name.join('/')] = tensor;
      } else {
        throw new Error(
          `loadCheckpoint: the file has the tensor ${show(path)}, which is neither of the model nor of the optimizer; give a file from saveCheckpoint`,
        );
      }
    }
    assertSameParameters(trainer, model);
    assertSameSlots(trainer, state);
    assertValues('loadCheckpoint', step, state, trainer.ranges);
    for (const [name, variable] of Object.entries(trainer.model.parameters())) {
      if (!variable.isDisposed) before[name] = tf.keep(tf.clone(variable));
    }
    assignParameters(trainer.model, model);
    try {
      trainer.restore(step, state);
    } catch (error) {
      assignParameters(trainer.model, before);
      throw error;
    }
    for (const tensor of Object.values(model)) tensor.dispose();
    return metadata;
  } catch (error) {
    for (const tensor of Object.values(tensors)) tensor.dispose();
    throw error;
  } finally {
    tf.dispose(Object.values(before));
  }
}

/** Says what a file is that is not a checkpoint. */
function explainMetadata({ format, step }: Record<string, string>, tensors: tf.NamedTensorMap): string {
  if (format === FORMAT) {
    return `the step of the checkpoint is ${step === undefined ? 'missing' : show(step)}, expected an integer of at least 0; give a file from saveCheckpoint`;
  }
  const [first] = Object.keys(tensors);
  return `the file is not a checkpoint, because its metadata has ${
    format === undefined ? 'no format' : `the format ${show(format)}`
  }${first === undefined ? '' : `; it has tensors such as ${show(first)}`}; give a file from saveCheckpoint, or assign the weights alone with assignParameters(trainer.model, loadSafetensors(bytes).tensors)`;
}

/** Checks the parameters before the optimizer's state, which does not fit either when the model is another. */
function assertSameParameters(trainer: CheckpointedTrainer, found: tf.NamedTensorMap): void {
  const ours = trainer.model.parameters();
  const missing = Object.keys(ours).filter((name) => !Object.hasOwn(found, name));
  const extra = Object.keys(found).filter((name) => !Object.hasOwn(ours, name));
  const other = Object.keys(ours).find(
    (name) => found[name] && describe(found[name]) !== describe(ours[name]!),
  );
  const differences = [
    extra[0] && `it has ${listNames(extra)}, which the model lacks`,
    missing[0] && `${extra[0] ? '' : 'it '}lacks ${listNames(missing)}`,
    other && `its ${other} is ${describe(found[other]!)}, but the model's is ${describe(ours[other]!)}`,
  ].filter(Boolean);
  if (differences.length === 0) return;
  throw new Error(
    `loadCheckpoint: the checkpoint does not fit the model: ${differences.join(', and ')}; give the model that it was saved with`,
  );
}

const describe = ({ dtype, shape }: tf.Tensor): string => `${dtype} [${shape}]`;

const listNames = (names: string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;

/**
 * Checks that the slots are those of the trainer, with the same shapes and dtypes. A parameter that was or is frozen may have no state, or
 * state from before.
 */
function assertSameSlots(trainer: CheckpointedTrainer, found: OptimizerState): void {
  const expected = trainer.state;
  const parameters = trainer.model.parameters();
  const describe = (state: OptimizerState, isNeeded: (slot: string, name: string) => boolean) =>
    Object.entries(state)
      // Counts of steps exist only for some parameters.
      .filter(([slot]) => !isCount(slot))
      .flatMap(([slot, values]) =>
        Object.entries(values)
          .filter(([name]) => isNeeded(slot, name))
          .map(([name, { dtype, shape }]) => `${slot}/${name} ${dtype} [${shape}]`),
      );
  const all = (state: OptimizerState) => describe(state, () => true);
  const missing = describe(expected, (slot, name) => namesOf(found, slot).has(name)).filter(
    (entry) => !all(found).includes(entry),
  );
  const isFrozen = (slot: string, name: string) =>
    Object.hasOwn(expected, slot) && !namesOf(expected, slot).has(name) && Object.hasOwn(parameters, name);
  const extra = describe(found, (slot, name) => !isFrozen(slot, name)).filter(
    (entry) => !all(expected).includes(entry),
  );
  // A checkpoint without state belongs to an optimizer without slots; it does not mean that all parameters were frozen.
  const lost = Object.keys(found).length === 0 ? all(expected) : [];
  const gone = [...missing, ...lost];
  if (gone.length || extra.length) {
    throw new Error(
      `loadCheckpoint: the checkpoint does not fit the optimizer: ${counted(gone.length, 'tensor is', 'tensors are')} missing${gone[0] ? `, such as ${gone[0]},` : ''} and ${extra.length} ${extra.length === 1 ? 'is' : 'are'} unknown${extra[0] ? `, such as ${extra[0]}` : ''}; give the optimizer that it was saved with`,
    );
  }
}
