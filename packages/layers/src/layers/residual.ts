import { assertOptions } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { block } from '../model/block';
import { defineLayer } from '../model/define-layer';
import {
  type AnyLayer,
  assertLayer,
  isLayer,
  type Layer,
  type LayerLike,
  type ParamsOf,
} from '../model/layer';
import { inputTensor } from '../ops/input-tensor';

export interface ResidualOptions<S extends LayerLike & AnyLayer = LayerLike & AnyLayer> {
  /** Layer of the other path, such as a dense layer where the body changes the size; none by default. */
  shortcut?: S;
}

/** The parameters of {@link residual}. */
export interface ResidualParams<B, S> {
  /** The parameters of the body. */
  body: ParamsOf<B>;
  /** The parameters of the shortcut, none without one. */
  shortcut: ParamsOf<S>;
}

/**
 * Residual connection: adds the input of a layer to its output.
 *
 * y = x + f(x), or y = s(x) + f(x) with a shortcut s
 *
 * @param body the layer f
 * @returns a layer from the input of the body to the shape of its output
 * @throws when an option is unknown, a value is not a layer, or the output does not have the shape of the input or of the shortcut's
 * @example
 * residual(sequential([layerNorm({ features: 8 }), dense({ inFeatures: 8, outFeatures: 8 })]));
 * @see He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", 2015, https://arxiv.org/abs/1512.03385, equations 1 and 2
 */
export function residual<
  const B extends LayerLike & AnyLayer,
  const S extends LayerLike & AnyLayer = (x: tf.Tensor) => tf.Tensor,
>(body: B, options: ResidualOptions<S> = {}): Layer<ResidualParams<B, S>> {
  assertLayer('residual', 'body', body);
  assertOptions('residual', options, { shortcut: layers });
  const { shortcut = ((x: tf.Tensor) => x) as LayerLike } = options;
  if ((shortcut as unknown) === body && typeof body !== 'function') {
    throw new Error('residual: body and shortcut are the same layer; make a separate layer for each path');
  }
  const both = block({ body: body as LayerLike, shortcut: shortcut as LayerLike }, (l, input) => {
    const x = inputTensor('residual', input);
    const [path, added] = [l.shortcut(x), l.body(x)];
    if (path.shape.join() === added.shape.join()) return tf.add(path, added);
    throw new Error(
      `residual: the body has the output [${added.shape}] for the ${options.shortcut ? 'output of the shortcut' : 'input'} [${path.shape}]; give a body that keeps the shape, or a shortcut with the same output`,
    );
  });
  return defineLayer('residual', both) as Layer<object> as Layer<ResidualParams<B, S>>;
}

const layers = { expected: 'a layer such as dense({ … })', accepts: isLayer };
