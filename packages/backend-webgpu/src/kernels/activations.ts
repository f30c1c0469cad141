import type { FunctionKernelConfig } from '@tenfold/kernels';
import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { storeActivation } from '../store-activation';
import {
  declareFunction,
  elementwiseFunctions,
  gradientInput,
  parameterUniforms,
  parseFunction,
} from './activation-functions';
import { runElementwise } from './elementwise';
import { assertFloats } from './floats';

/** inputs { x }, attrs { function, parameters? }: f(x). */
const activation: FunctionKernelConfig = {
  kernelName: 'Activation',
  backendName: 'webgpu',
  functions: elementwiseFunctions,
  kernelFunc: ({ inputs, backend, attrs }) =>
    value(backend as WebgpuBackend, 'Activation', inputs.x as tf.TensorInfo, attrs),
};

/** inputs { dy, x } or { dy, y }, attrs { function, parameters? }: dy·f' from the argument or the value, depending on the function. */
const activationGrad: FunctionKernelConfig = {
  kernelName: 'ActivationGrad',
  backendName: 'webgpu',
  functions: elementwiseFunctions,
  kernelFunc: ({ inputs, backend, attrs }) =>
    gradient(backend as WebgpuBackend, 'ActivationGrad', inputs, attrs),
};

function value(
  backend: WebgpuBackend,
  kernelName: string,
  x: tf.TensorInfo,
  attrs: tf.NamedAttrMap | undefined,
): tf.TensorInfo {
  const name = parseFunction(kernelName, attrs?.function, elementwiseFunctions);
  assertFloats(kernelName, { x });
  const out = backend.output(x.shape);
  storeActivation(backend, { x }, out, (inputs) =>
    runElementwise(backend, {
      name,
      inputs,
      outputs: { out },
      uniforms: parameterUniforms(name, attrs?.parameters),
      declarations: declareFunction(name),
      body: 'store_out(i, f(load_x(i)));',
    }),
  );
  return out;
}

function gradient(
  backend: WebgpuBackend,
  kernelName: string,
  inputs: tf.NamedTensorInfoMap,
  attrs: tf.NamedAttrMap | undefined,
): tf.TensorInfo {
  const name = parseFunction(kernelName, attrs?.function, elementwiseFunctions);
  const input = gradientInput(name);
  const dy = inputs.dy as tf.TensorInfo;
  const operand = inputs[input] as tf.TensorInfo | undefined;
  if (!operand) {
    throw new Error(
      `${kernelName}: the gradient of ${name} is computed from ${input}, but the inputs are ${Object.keys(inputs).join(', ')}`,
    );
  }
  assertFloats(kernelName, { dy, [input]: operand }, dy.shape);
  const out = backend.output(dy.shape);
  runElementwise(backend, {
    name: `${name} grad`,
    inputs: { dy, v: operand },
    outputs: { out },
    uniforms: parameterUniforms(name, attrs?.parameters),
    declarations: declareFunction(name),
    body: 'store_out(i, gradient(load_dy(i), load_v(i)));',
  });
  return out;
}

/** inputs { dy, y }: dy·(y + 1) where y < 0, replaces tfjs's kernel. */
const eluGrad: tf.KernelConfig = {
  kernelName: tf.EluGrad,
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend }) => {
    const { dy, y } = inputs as { dy: tf.TensorInfo; y: tf.TensorInfo };
    assertFloats(tf.EluGrad, { dy, y }, dy.shape);
    const out = (backend as WebgpuBackend).output(dy.shape);
    runElementwise(backend as WebgpuBackend, {
      name: 'elu grad',
      inputs: { dy, y },
      outputs: { out },
      body: 'store_out(i, select(load_dy(i) * (load_y(i) + 1.0), load_dy(i), load_y(i) >= T(0.0)));',
    });
    return out;
  },
};

/** Activation functions and their gradients as single kernels. */
export const activationKernels: tf.KernelConfig[] = [activation, activationGrad, eluGrad];
