import { completeContext } from './complete-context';
import { assertStream } from './define-layer';
import { flatten } from './flatten-params';
import {
  type AnyLayer,
  assertLayer,
  type InputOf,
  type Layer,
  type OutputOf,
  type ParamsOf,
  toLayer,
} from './layer';

/**
 * Freezes a layer: its parameters are not trained, its running statistics do not change, and its dropout is off.
 *
 * Gradients pass through it to its input. If a model is frozen, its variables are shared and no longer trainable; set
 * `variable.trainable = true` to train them again.
 *
 * @param layer a layer, or a model, whose variables are then shared
 * @returns a layer with the same input, output and parameters
 * @example
 * const classifier = createModel(sequential({ backbone: freeze(trained), head: dense({ inFeatures: 64, outFeatures: 3 }) }));
 * Object.keys(classifier.trainable()); // ['head.kernel', 'head.bias']
 */
export function freeze<const L extends AnyLayer>(layer: L): Layer<ParamsOf<L>, InputOf<L>, OutputOf<L>> {
  assertLayer('freeze', 'layer', layer);
  const frozen = toLayer(layer);
  return {
    init(rng) {
      assertStream('freeze', rng);
      const params = frozen.init(rng);
      for (const variable of Object.values(flatten('freeze', params))) variable.trainable = false;
      return params;
    },
    apply: (params, input, context) =>
      frozen.apply(
        params,
        input,
        completeContext('freeze', { ...completeContext('freeze', context), training: false }),
      ),
  };
}
