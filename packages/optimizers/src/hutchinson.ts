import { assertOptions, seed as seedKind } from '@tenfold/checks';
import * as tf from '@tensorflow/tfjs-core';
import { lossOf } from './gradients-at';
import type { HessianEstimate } from './hessian-estimate';
import { findEntry, mapTensors } from './optimizer';

export interface HutchinsonOptions {
  /** Seed of the random signs, an integer of at least 0; 0 by default. */
  seed?: number | undefined;
}

/**
 * Hutchinson's estimate of the diagonal of the Hessian, for `sophia`: exact on average, and for a diagonal Hessian always.
 *
 * ĥ = u⊙∇⟨∇L, u⟩ with random signs u
 *
 * It computes a gradient of a gradient of the step's loss, for which all operations of the loss need second derivatives, as those of
 * `@tenfold/gradients` and Tenfold's layers mostly have. The signs depend on the seed, the step and the parameter's position, so that
 * a resumed run draws the same.
 *
 * @returns an estimate; it throws when the step has no loss, or its parameters are not variables
 * @throws when seed is not such an integer
 * @example
 * const optimizer = sophia({ hessian: hutchinson({ seed: 1 }), every: 10 });
 * @see Hutchinson, "A Stochastic Estimator of the Trace of the Influence Matrix", 1990, https://doi.org/10.1080/03610919008812866;
 *   Liu et al., 2023, https://arxiv.org/abs/2305.14342, algorithm 1
 */
export function hutchinson(options: HutchinsonOptions = {}): HessianEstimate {
  assertOptions('hutchinson', options, { seed: seedKind });
  const { seed = 0 } = options;
  return (info, grads) => {
    const { loss, variables } = lossOf('hutchinson', info, Object.keys(grads));
    return tf.tidy(() => {
      const list = Object.values(variables);
      if (list.length === 0) return {};
      const smallest = list.reduce((a, b) => (b.size < a.size ? b : a));
      const signs = list.map((variable, i) => {
        // tfjs takes a seed of 0 for none.
        const own = (((seed % 2 ** 20) * 7919 + info.step) * 4093 + i) % 2 ** 31;
        return tf.sign(tf.randomUniform(variable.shape, -1, 1, 'float32', own + 1));
      });
      const product = (): tf.Scalar => {
        const first = tf.variableGrads(loss, list).grads;
        const parts = list.flatMap((variable, i) => {
          const gradient = findEntry(first, variable.name);
          return gradient ? [tf.sum(tf.mul(gradient, signs[i]!))] : [];
        });
        // A loss that is linear in pieces has gradients that do not depend on the parameters: tfjs needs a connection to one.
        const none = tf.mul(tf.sum(smallest), 0);
        return tf.addN([none, ...parts]) as tf.Scalar;
      };
      const second = tf.variableGrads(product, list).grads;
      const keys = Object.keys(variables);
      return mapTensors(variables, (variable, key) => {
        const gradient = findEntry(second, (variable as tf.Variable).name);
        return gradient ? tf.mul(gradient, signs[keys.indexOf(key)]!) : tf.zerosLike(variable);
      });
    });
  };
}
