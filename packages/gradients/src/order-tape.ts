import * as tf from '@tensorflow/tfjs-core';

/** A recorded operation of tfjs-core 4.22. */
interface TapeNode {
  kernelName: string;
  inputs: { [name: string]: tf.Tensor };
  outputs: tf.Tensor[];
}

/** The part of tfjs's engine that records operations. It is private in tfjs's types. */
interface Recorder {
  state: { activeTape?: TapeNode[] };
  addTapeNode?: ((kernelName: string, ...rest: unknown[]) => void) & { [ORDERED]?: true };
}

/** Shared by all copies of this module, so that an engine is patched only once. */
const ORDERED = Symbol.for('@tenfold/gradients: ordered tape');

/** Kernels whose outputs are piecewise constant, such as masks. A gradient treats them as constants. */
const CONSTANT = new Set([
  'All',
  'Any',
  'ArgMax',
  'ArgMin',
  'Equal',
  'Greater',
  'GreaterEqual',
  'IsFinite',
  'IsInf',
  'IsNan',
  'Less',
  'LessEqual',
  'LogicalAnd',
  'LogicalNot',
  'LogicalOr',
  'LogicalXor',
  'NotEqual',
]);

/**
 * Patches tfjs's tape so that gradients of gradients are correct. It changes two things:
 *
 * An operation whose gradient uses its output (sigmoid, tanh, softmax, exp, square root, …) saves a copy of the output
 * before tfjs records the operation itself. A second gradient follows the tape in order, so it treated the copy as a constant
 * and was silently wrong: half of the correct value, or zero. Now the operation is recorded before its copies.
 *
 * Comparisons and other piecewise constant functions are no longer recorded. They have no gradient, so a mask computed
 * within a differentiated function was an error.
 */
export function orderTape(): void {
  const engine = tf.engine() as unknown as Recorder;
  const add = engine.addTapeNode;
  // Another version of tfjs may record differently; first gradients do not depend on this patch.
  if (!add || add[ORDERED]) return;
  const ordered: NonNullable<Recorder['addTapeNode']> = (kernelName, ...rest) => {
    if (CONSTANT.has(kernelName) && !tf.getGradient(kernelName)) return;
    add.call(engine, kernelName, ...rest);
    const tape = engine.state.activeTape;
    if (tape) moveBeforeCopies(tape);
  };
  ordered[ORDERED] = true;
  engine.addTapeNode = ordered;
}

/** Moves the last node before the copies of its outputs. Ids grow as tensors are created, so a copy has a higher id. */
function moveBeforeCopies(tape: TapeNode[]): void {
  const node = tape.at(-1)!;
  const firstId = Math.min(...node.outputs.map(({ id }) => id));
  const inputs = new Set(Object.values(node.inputs).map((input) => input?.id));
  let place = tape.length - 1;
  const isCopy = ({ outputs }: TapeNode) => outputs.every(({ id }) => id > firstId && !inputs.has(id));
  while (place > 0 && isCopy(tape[place - 1]!)) place--;
  if (place < tape.length - 1) tape.splice(place, 0, tape.pop()!);
}
