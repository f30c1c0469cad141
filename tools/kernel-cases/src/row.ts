import type { Array64 } from './array';
import type { Input } from './inputs';

/**
 * How far an output may be from the reference: |value − expected| ≤ absolute + relative·|expected| + ulps·(distance of
 * neighboring floats there). Or, as sums of products err, on the whole: √(Σ|value − expected|²/Σ|expected|²) ≤ rms.
 */
export interface Bound {
  absolute?: number;
  relative?: number;
  ulps?: number;
  /** In place of the others. */
  rms?: number;
}

type Named<T> = { readonly [name: string]: T };
/** One bound for all outputs, one for each, or as many made from what the case computes. */
export type Tolerance = Bound | Bound[] | ((expected: Array64[], inputs: Named<Array64>) => Bound[]);

/** One call of a kernel. */
export interface Case {
  /** What is special about it. */
  name: string;
  inputs: Named<Input>;
  attributes: object;
  /** The gradients of the outputs by the names of gradient kernels, such as dy; random ones by default. */
  gradients?: Named<Input>;
  /** Replaces the row's tolerance. */
  tolerance?: Tolerance;
  /** A shape of real trainings: what speed is measured on, and nothing else. */
  speed?: true;
  /** Of a case of speed: the inputs whose first axis is that of examples, of which slow backends take fewer. */
  examples?: readonly string[];
  /** Values at which a derivative is none, or cancels: left out where gradients are compared with finite differences. */
  extreme?: true;
}

/** A row of the table of kernels, in words. */
export interface Description {
  inputs: string;
  attributes: string;
  outputs: string;
}

/** A kernel, what it computes, and on what it is tried: what test, gradient check, speed and support table walk. */
export interface KernelRow {
  kernel: string;
  /** Whether only backends of GPUs have it: what it decides there, others read and decide in JavaScript. */
  gpuOnly?: true;
  /** Left out for a kernel of tfjs. */
  describe?: Description;
  /** The outputs in double precision. */
  reference: (inputs: Named<Array64>, attributes: never) => Array64[];
  cases: readonly Case[];
  tolerance: Tolerance;
  /** Whether an input of that value is on a kink of the function: it has no derivative there. */
  kink?: (value: number, attributes: never) => boolean;
  /** The kernels of its gradients, tried on the same cases. */
  gradient?: GradientRow | readonly GradientRow[];
  /** The kernel that does the same for lists. */
  list?: ListRow;
}

export interface GradientRow {
  kernel: string;
  /** Left out for a kernel of tfjs. */
  describe?: Description;
  /** The outputs of the forward kernel whose gradients come in, by the name of that input; { dy: 0 } by default. */
  of?: Named<number>;
  /** The inputs beside the gradients: some of the forward kernel's inputs and outputs. */
  saved: (inputs: Named<Array64>, outputs: Array64[], attributes: never) => Named<Array64>;
  attributes?: (attributes: never, inputs: Named<Input>) => object;
  /** The inputs of the forward kernel whose gradients are the outputs, in this order. */
  outputs: readonly string[];
  reference: (inputs: Named<Array64>, attributes: never) => Array64[];
  tolerance: Tolerance;
}

export interface ListRow {
  kernel: string;
  describe: Description;
  /** Shapes of the entries of a list. */
  shapes: readonly (readonly number[])[];
  /** The columns of the list: for each entry of that shape its input. */
  columns: Named<(shape: readonly number[], seed: number) => Input>;
  /** The attributes of a list, and those of the kernel for one entry. */
  attributes: object;
  attributesOf: (entry: number) => object;
}

/** The kernels of a row's gradients. */
export const listGradients = ({ gradient = [] }: KernelRow): readonly GradientRow[] => [gradient].flat();
