import { show } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { defineLayer } from '../model/define-layer';
import type { AnyLayer, Layer } from '../model/layer';
import { applyPart, initParts, toParts } from '../model/parts';
import type { ListParams } from '../model/sequential';
import { readSequences, type SequenceInput } from '../ops/sequence';

/** The final states of stacked layers. */
export type StackedResult = {
  /** The output of the last layer. */
  y: tf.Tensor;
  /** State of each layer after the last step, [layers, batch, units]. */
  state: tf.Tensor;
  /** Cell of each LSTM after the last step, [layers, batch, units]. */
  cell?: tf.Tensor;
};

type LastOutput<L extends readonly AnyLayer[]> = L extends readonly [
  ...unknown[],
  Layer<object, never, infer O>,
]
  ? O extends tf.Tensor
    ? tf.Tensor
    : StackedResult
  : tf.Tensor;

/**
 * Recurrent layers one after the other, which share the lengths of the sequences and carry their states along.
 *
 * x⁽⁰⁾ = x, x⁽ⁱ⁾ = fᵢ(x⁽ⁱ⁻¹⁾); with lengths, every layer ends at the last step of each sequence
 *
 * Initial and final states are stacked, [layers, batch, units], so all layers have the same units then. For final states, give every layer
 * `returnState: true`.
 *
 * @param layers recurrent layers of [batch, time, …], all but the last with `output: 'all'`; the parameters are named by position
 * @returns a layer from [batch, time, features], or { x, lengths?, state?, cell? }, to the output of the last layer, or to
 *   { y, state, cell? }
 * @throws when there are no layers, a value is not a layer, or the input is not at least one sequence of at least one step
 * @example
 * stacked([lstm({ inFeatures: 8, units: 16, output: 'all' }), lstm({ inFeatures: 16, units: 16 })]);
 * @see Graves, Mohamed, Hinton, "Speech Recognition with Deep Recurrent Neural Networks", 2013, https://arxiv.org/abs/1303.5778
 */
export function stacked<const L extends readonly AnyLayer[]>(
  layers: L,
): Layer<ListParams<L>, tf.Tensor | SequenceInput, LastOutput<L>> {
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new Error(`stacked: layers is ${show(layers)}; give an array of at least one recurrent layer`);
  }
  const parts = toParts('stacked', layers);
  return defineLayer<{ [name: string]: object }, tf.Tensor | SequenceInput, tf.Tensor | StackedResult>(
    'stacked',
    {
      init: (rng) => initParts('stacked', parts, rng),
      apply(params, input, context) {
        const given = readSequences('stacked', input, undefined, { hasCell: true, layers: parts.length });
        const { lengths } = given;
        let { x } = given;
        const finals: { state: tf.Tensor; cell?: tf.Tensor }[] = [];
        const ofLayer = (states: tf.Tensor | undefined, i: number) =>
          states && tf.squeeze(tf.slice(states, i, 1), [0]);
        for (const [i, part] of parts.entries()) {
          const more = {
            ...(lengths && { lengths }),
            ...(given.state && { state: ofLayer(given.state, i) }),
            ...(given.cell && { cell: ofLayer(given.cell, i) }),
          };
          const next = Object.keys(more).length > 0 ? { x, ...more } : x;
          const output: unknown = applyPart(part, params[part.name]!, next, context);
          if (output instanceof tf.Tensor) x = output;
          else {
            const { y, ...states } = output as { y: tf.Tensor; state: tf.Tensor; cell?: tf.Tensor };
            finals.push(states);
            x = y;
          }
        }
        if (finals.length === 0) return x;
        if (finals.length < parts.length) {
          throw new Error(
            `stacked: ${finals.length} of ${parts.length} layers return their state; give all or none returnState: true`,
          );
        }
        const cells = finals.flatMap(({ cell }) => cell ?? []);
        const state = tf.stack(finals.map((final) => final.state));
        return { y: x, state, ...(cells.length === parts.length && { cell: tf.stack(cells) }) };
      },
    },
  ) as Layer<object, never, never> as Layer<ListParams<L>, tf.Tensor | SequenceInput, LastOutput<L>>;
}
