import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { assertShape } from '../assert-shape';
import type { SimdBackend } from '../backend';
import { type ConvAttrs, type ConvInfo, canConvolve, convInfo } from '../conv-info';
import { convolution, convolutionFilterGradient, convolutionInputGradient } from '../convolution';
import { depthwiseConvolution, depthwiseFilterGradient, depthwiseInputGradient } from '../depthwise';
import { applyEpilogue, parseEpilogue } from '../epilogue';
import { fallback } from '../fallback';

/** The inputs and attributes of tfjs's convolution kernels, each of which has some of them. */
interface Inputs {
  x: TensorInfo;
  filter: TensorInfo;
  dy: TensorInfo;
  bias?: TensorInfo;
  preluActivationWeights?: TensorInfo;
}
interface Attributes extends ConvAttrs {
  inputShape: number[];
  filterShape: number[];
  activation?: string;
  leakyreluAlpha?: number;
}

type Run = (simd: SimdBackend, inputs: Inputs, info: ConvInfo, attributes: Attributes) => TensorInfo;

/** A kernel that calls `run` where the wasm kernels support the convolution, and tfjs's CPU kernel elsewhere. */
const convolutionKernel = (kernelName: string, isDepthwise: boolean, run: Run): KernelConfig => ({
  kernelName,
  backendName: 'simd',
  kernelFunc: (call) => {
    const inputs = call.inputs as unknown as Inputs;
    const attributes = call.attrs as unknown as Attributes;
    const { x, filter, dy, bias } = inputs as Partial<Inputs>;
    const inShape = x?.shape ?? attributes.inputShape;
    const info = convInfo(inShape, filter?.shape ?? attributes.filterShape, attributes, isDepthwise);
    // tfjs's kernel would say what JavaScript says of an array of negative length.
    if (!dy) assertShape(info.outShape);
    const operands = [x, filter, dy].filter((operand) => operand !== undefined);
    // In conv2dTranspose, the shape of dy may differ from the output shape of the convolution.
    const isRegular = !dy || tf.util.arraysEqual(dy.shape, info.outShape);
    const isPerChannel =
      !bias || (bias.dtype === 'float32' && tf.util.sizeFromShape(bias.shape) === info.outChannels);
    if (!isRegular || !isPerChannel || !canConvolve(info, ...operands)) return fallback(kernelName)(call);
    return run(call.backend as SimdBackend, inputs, info, attributes);
  },
});

/** y = activation(x * filter + bias), with one bias per output channel. */
const forward =
  (convolve: typeof convolution): Run =>
  (simd, { x, filter, bias, preluActivationWeights }, info, { activation, leakyreluAlpha }) => {
    const epilogue = parseEpilogue(activation, leakyreluAlpha);
    const y = convolve(simd, x, filter, info, bias, epilogue);
    return applyEpilogue(simd, y, epilogue, preluActivationWeights);
  };

/** Convolutions, ordinary and depthwise (with separate filters for each channel), and their gradients for x and the filter. */
export const convolutionKernels: KernelConfig[] = [
  convolutionKernel(tf.Conv2D, false, forward(convolution)),
  convolutionKernel(tf.FusedConv2D, false, forward(convolution)),
  convolutionKernel(tf.Conv2DBackpropInput, false, (simd, { dy, filter }, info) =>
    convolutionInputGradient(simd, dy, filter, info),
  ),
  convolutionKernel(tf.Conv2DBackpropFilter, false, (simd, { x, dy }, info) =>
    convolutionFilterGradient(simd, x, dy, info),
  ),
  convolutionKernel(tf.DepthwiseConv2dNative, true, forward(depthwiseConvolution)),
  convolutionKernel(tf.FusedDepthwiseConv2D, true, forward(depthwiseConvolution)),
  convolutionKernel(tf.DepthwiseConv2dNativeBackpropInput, true, (simd, { dy, filter }, info) =>
    depthwiseInputGradient(simd, dy, filter, info),
  ),
  convolutionKernel(tf.DepthwiseConv2dNativeBackpropFilter, true, (simd, { x, dy }, info) =>
    depthwiseFilterGradient(simd, x, dy, info),
  ),
];
