import type { FunctionKernelConfig, Kernels } from '@tenfold/kernels';
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from '../backend';
import { f32 } from '../program';
import { storeFirstResult } from '../store-activation';
import { declareFunction, fusedFunctions, parseFunction } from './activation-functions';
import { runColumnReduction, runColumnReductionAndApply } from './column-reduction';
import { assertFloats, countRows } from './floats';
import { runRowReduction } from './row-reduction';

type Attributes = Partial<Kernels['BatchNormActivation']['attributes']>;

/** The inputs that are given. */
function definedOnly(inputs: Record<string, TensorInfo | undefined>): Record<string, TensorInfo> {
  return Object.fromEntries(Object.entries(inputs).filter(([, info]) => info)) as Record<string, TensorInfo>;
}

/**
 * inputs { x, gamma?, beta? }, attrs { epsilon }: outputs [y, mean, variance], moments over all axes but the last. With a
 * function f, attrs { epsilon, function }, y is its value.
 */
const batchNormTrain = (kernelName: string, isActivated: boolean): KernelConfig => ({
  kernelName,
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const webgpu = backend as WebgpuBackend;
    const { x, gamma, beta } = inputs as { x: TensorInfo; gamma?: TensorInfo; beta?: TensorInfo };
    const { epsilon = 1e-5, function: name } = (attrs ?? {}) as Attributes;
    const { rows, n } = countRows(x);
    const parameters = definedOnly({ gamma, beta });
    assertFloats(kernelName, { x });
    assertFloats(kernelName, parameters, [n]);
    const f = isActivated ? parseFunction(kernelName, name, fusedFunctions) : undefined;
    const [y, mean, variance] = [webgpu.output(x.shape), webgpu.output([n]), webgpu.output([n])];
    const value = '(load_x(i) - center) * scale + shift';
    storeFirstResult(webgpu, [x], y);
    // The sums are of differences to a value near the mean; otherwise a mean far from 0 would cost the variance its digits.
    runColumnReductionAndApply(webgpu, {
      name: programName('batch norm', f, parameters),
      rows,
      n,
      inputs: { x, ...parameters },
      outputs: { y, mean, variance },
      uniforms: { epsilon: f32(epsilon) },
      sums: 2,
      declarations: f && declareFunction(f),
      setup: `
  var near = 0.0;
  for (var k = 0u; k < 8u; k++) { near += 0.125 * load_x(k * (uniforms.rows - 1u) / 7u * uniforms.n + c); }`,
      term: 'let v0 = load_x(i) - near; let v1 = v0 * v0;',
      derive: `
  let distance = s0 / f32(uniforms.rows);
  let center = near + distance;
  let difference = s1 / f32(uniforms.rows) - distance * distance;
  // max would make 0 of NaN.
  let spread = select(difference, 0.0, difference < 0.0);
  let scale = ${gamma ? 'load_gamma(c)' : '1.0'} / sqrt(spread + uniforms.epsilon);
  let shift = ${beta ? 'load_beta(c)' : '0.0'};`,
      keep: 'store_mean(c, center); store_variance(c, spread);',
      apply: `store_y(i, ${f ? `f(${value})` : value});`,
    });
    return [y, mean, variance];
  },
});

/**
 * inputs { dy, x, gamma?, mean, variance }, attrs { epsilon }: outputs [dx, dgamma, dbeta]. With a function f inputs have
 * beta? too, attrs { epsilon, function }, and dy is the gradient of its value: the sums are of g = dy·f'(y), with y recomputed
 * from x, which costs less than writing and reading it.
 */
const batchNormTrainGrad = (kernelName: string, isActivated: boolean): KernelConfig => ({
  kernelName,
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const webgpu = backend as WebgpuBackend;
    const { dy, x, gamma, beta, mean, variance } = inputs as Record<string, TensorInfo> & {
      gamma?: TensorInfo;
      beta?: TensorInfo;
    };
    const { epsilon = 1e-5, function: name } = (attrs ?? {}) as Attributes;
    const { rows, n } = countRows(x!);
    const moments = { mean: mean!, variance: variance! };
    const parameters = definedOnly({ gamma, beta: isActivated ? beta : undefined });
    assertFloats(kernelName, { dy: dy!, x: x! }, x!.shape);
    assertFloats(kernelName, { ...moments, ...parameters }, [n]);
    const f = isActivated ? parseFunction(kernelName, name, fusedFunctions) : undefined;
    const [dx, dgamma, dbeta] = [webgpu.output(x!.shape), webgpu.output([n]), webgpu.output([n])];
    const y = `normal${gamma ? ' * load_gamma(c)' : ''}${beta ? ' + load_beta(c)' : ''}`;
    const read = `let normal = (load_x(i) - center) * rstd; let g = ${f ? `gradientAt(load_dy(i), ${y})` : 'load_dy(i)'};`;
    runColumnReductionAndApply(webgpu, {
      name: programName('batch norm grad', f, parameters),
      rows,
      n,
      inputs: { dy: dy!, x: x!, ...moments, ...parameters },
      outputs: { dx, dgamma, dbeta },
      uniforms: { epsilon: f32(epsilon), share: f32(1 / rows) },
      sums: 2,
      declarations: f && declareFunction(f),
      setup: `
  let center = load_mean(c);
  let rstd = 1.0 / sqrt(load_variance(c) + uniforms.epsilon);`,
      term: `${read} let v0 = g; let v1 = g * normal;`,
      derive: `let scale = rstd${gamma ? ' * load_gamma(c)' : ''};`,
      keep: 'store_dbeta(c, s0); store_dgamma(c, s1);',
      apply: `${read} store_dx(i, (g - uniforms.share * (s0 + normal * s1)) * scale);`,
    });
    return [dx, dgamma, dbeta];
  },
});

const programName = (name: string, activation: string | undefined, parameters: object): string =>
  [name, ...(activation ? [activation] : []), ...Object.keys(parameters)].join(' ');

/** inputs { x, gamma, beta }, attrs { epsilon }: outputs [y, mean, rstd], moments along the last axis. */
const layerNorm: KernelConfig = {
  kernelName: 'LayerNorm',
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const webgpu = backend as WebgpuBackend;
    const { x, gamma, beta } = inputs as { x: TensorInfo; gamma: TensorInfo; beta: TensorInfo };
    const { epsilon = 1e-5 } = (attrs ?? {}) as Attributes;
    const { rows, n } = countRows(x);
    assertFloats('LayerNorm', { x });
    assertFloats('LayerNorm', { gamma, beta }, [n]);
    const moment = [...x.shape.slice(0, -1), 1];
    const [y, mean, rstd] = [webgpu.output(x.shape), webgpu.output(moment), webgpu.output(moment)];
    storeFirstResult(webgpu, [x], y);
    runRowReduction(webgpu, {
      name: 'layer norm',
      rows,
      n,
      inputs: { x, gamma, beta },
      outputs: { y, mean, rstd },
      uniforms: { epsilon: f32(epsilon) },
      body: `
  var sum = 0.0;
  for (var i = first; i < n; i += STEP) { sum += load_x(start + i); }
  let center = rowSum(sum, lane) / f32(n);
  var squares = 0.0;
  for (var i = first; i < n; i += STEP) { let d = load_x(start + i) - center; squares += d * d; }
  let scale = 1.0 / sqrt(rowSum(squares, lane) / f32(n) + uniforms.epsilon);
  for (var i = first; i < n; i += STEP) {
    if (isIn) { store_y(start + i, (load_x(start + i) - center) * scale * load_gamma(i) + load_beta(i)); }
  }
  if (isFirst) { store_mean(row, center); store_rstd(row, scale); }`,
    });
    return [y, mean, rstd];
  },
};

/** inputs { dy, x, gamma, mean, rstd }: outputs [dx, dgamma, dbeta]. */
const layerNormGrad: KernelConfig = {
  kernelName: 'LayerNormGrad',
  backendName: 'webgpu',
  kernelFunc: ({ inputs, backend }) => {
    const webgpu = backend as WebgpuBackend;
    const { dy, x, gamma, mean, rstd } = inputs as Record<string, TensorInfo>;
    const { rows, n } = countRows(x!);
    const data = { dy: dy!, x: x! };
    const moments = { mean: mean!, rstd: rstd! };
    assertFloats('LayerNormGrad', data, x!.shape);
    assertFloats('LayerNormGrad', moments, [...x!.shape.slice(0, -1), 1]);
    assertFloats('LayerNormGrad', { gamma: gamma! }, [n]);
    const [dx, dgamma, dbeta] = [webgpu.output(x!.shape), webgpu.output([n]), webgpu.output([n])];
    runRowReduction(webgpu, {
      name: 'layer norm grad',
      rows,
      n,
      inputs: { ...data, gamma: gamma!, ...moments },
      outputs: { dx },
      body: `
  let center = load_mean(row);
  let scale = load_rstd(row);
  var g = 0.0;
  var gx = 0.0;
  for (var i = first; i < n; i += STEP) {
    let value = load_dy(start + i) * load_gamma(i);
    g += value;
    gx += value * (load_x(start + i) - center) * scale;
  }
  let meanG = rowSum(g, lane) / f32(n);
  let meanGx = rowSum(gx, lane) / f32(n);
  for (var i = first; i < n; i += STEP) {
    let normal = (load_x(start + i) - center) * scale;
    if (isIn) { store_dx(start + i, scale * (load_dy(start + i) * load_gamma(i) - meanG - normal * meanGx)); }
  }`,
    });
    runColumnReduction(webgpu, {
      name: 'layer norm grad sums',
      rows,
      n,
      inputs: { ...data, ...moments },
      outputs: { dgamma, dbeta },
      sums: 2,
      term: 'let v0 = load_dy(i); let v1 = v0 * (load_x(i) - load_mean(r)) * load_rstd(r);',
      finish: 'store_dbeta(c, s0); store_dgamma(c, s1);',
    });
    return [dx, dgamma, dbeta];
  },
};

const withFunctions = (config: KernelConfig): FunctionKernelConfig => ({
  ...config,
  functions: fusedFunctions,
});

/** Batch norm, with or without the following activation, and layer norm for training, with their gradients. */
export const normalizationKernels: KernelConfig[] = [
  batchNormTrain('BatchNormTrain', false),
  batchNormTrainGrad('BatchNormTrainGrad', false),
  withFunctions(batchNormTrain('BatchNormActivation', true)),
  withFunctions(batchNormTrainGrad('BatchNormActivationGrad', true)),
  layerNorm,
  layerNormGrad,
];
