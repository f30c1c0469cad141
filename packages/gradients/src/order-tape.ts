import * as tf from '@tensorflow/tfjs-core';

/** What tfjs-core 4.22 keeps of an operation that a gradient may have to go back through. */
interface TapeNode {
  kernelName: string;
  inputs: { [name: string]: tf.Tensor };
  outputs: tf.Tensor[];
}

/** The part of tfjs's engine that records operations; its types call it private. */
interface Recorder {
  state: { activeTape?: TapeNode[] };
  addTapeNode?: ((kernelName: string, ...rest: unknown[]) => void) & { [ORDERED]?: true };
}

/** Shared by all copies of this module, so that one engine is not changed twice. */
const ORDERED = Symbol.for('@tenfold/gradients: ordered tape');

/** Their values are steps of their inputs: constants to a gradient, as a mask is. */
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
 * Makes tfjs's tape one that gradients of gradients can be taken of. Two things change:
 *
 * An operation whose gradient needs its output (sigmoid, tanh, softmax, exp, square root, …) saves a copy of it before
 * the operation itself is on the tape. A second gradient, which follows the tape in order, then took the copy for a
 * constant and was wrong in silence: half the truth, or none. The operation goes before its copies.
 *
 * Comparisons and other functions that are constant almost everywhere are left out: they had no gradient, and a mask
 * computed within a differentiated function was an error.
 */
export function orderTape(): void {
  const engine = tf.engine() as unknown as Recorder;
  const add = engine.addTapeNode;
  // Another version of tfjs may record in another way; first gradients do not depend on this.
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

/** Moves the last node before the copies of its outputs. Tensors are numbered as they are made: a copy comes later. */
function moveBeforeCopies(tape: TapeNode[]): void {
  const node = tape.at(-1)!;
  const made = Math.min(...node.outputs.map(({ id }) => id));
  const inputs = new Set(Object.values(node.inputs).map((input) => input?.id));
  let place = tape.length - 1;
  const isCopy = ({ outputs }: TapeNode) => outputs.every(({ id }) => id > made && !inputs.has(id));
  while (place > 0 && isCopy(tape[place - 1]!)) place--;
  if (place < tape.length - 1) tape.splice(place, 0, tape.pop()!);
}
