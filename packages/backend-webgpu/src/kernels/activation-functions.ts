import { f32, type Uniform } from '../program';

/**
 * WGSL of an activation function on T, which is f32 or vec4<f32>. NaN stays NaN, and ±∞ gives the limits: no
 * infinity is multiplied by a factor that could be 0.
 */
interface ActivationFunction {
  /** Functions that the expressions call. */
  declarations?: string;
  /** f(x), an expression of `x`. */
  value: string;
  /** f', an expression of the input. */
  derivative: string;
  /** The input of the gradient kernel: the argument x, or the value y. */
  keeps: 'x' | 'y';
  /** How many numbers the function takes besides its argument: `uniforms.p`, `uniforms.q`; none by default. */
  parameters?: 1 | 2;
}

/** σ(x), whose exponential is at most 1. */
export const SIGMOID = `
fn sigmoid(x: T) -> T {
  let t = exp(-abs(x));
  return select(T(1.0), t, x < T(0.0)) / (1.0 + t);
}`;

// min, max and clamp would turn NaN into a number.
const BOUNDED = `
fn bounded(x: T, limit: f32) -> T {
  return select(select(x, T(limit), x > T(limit)), T(-limit), x < T(-limit));
}`;

// x·share, 0 where the share is: x may be infinite there.
const GATED = `
fn gated(x: T, share: T) -> T { return select(x * share, T(0.0), share == T(0.0)); }`;

// Φ(x), the probability that a normal variable lies below x, with a relative error of 1e-8 before rounding in the left
// tail too: e^(−x²/2)·k·p(k), k = 1/(1 + 0.265165 |x|), p fitted to the scaled complementary error function.
const NORMAL = `${BOUNDED}${GATED}
fn bell(x: T) -> T { let b = bounded(x, 20.0); return exp(-0.5 * b * b); }
fn probability(x: T, bell: T) -> T {
  let k = 1.0 / (1.0 + 0.26516504294 * abs(x));
  let p = 0.105806739 + k * (0.105324812 + k * (0.102656841 + k * (0.0607520644 + k * (0.136863396
    + k * (-0.114708349 + k * (0.216200907 + k * (-0.143665881 + k * 0.0307694737)))))));
  let tail = bell * k * p;
  return select(1.0 - tail, tail, x < T(0.0));
}`;

// gelu's tanh variant is x·σ(2u), u = √(2/π)(x + 0.044715 x³): the same without cancellation in the left tail.
const GELU_TANH = `${SIGMOID}${BOUNDED}${GATED}
fn twiceU(x: T) -> T { return 1.5957691216 * x * (1.0 + 0.044715 * x * x); }
fn geluTanhDerivative(x: T) -> T {
  let s = sigmoid(twiceU(x));
  return s + x * s * sigmoid(-twiceU(x)) * 1.5957691216 * (1.0 + 0.134145 * x * x);
}`;

// tanh(ln(1 + eˣ)) = n/(n + 2k) with e = e^(−|x|), n = c² + 2e, and c = 1, k = e², or c = e, k = 1 for x < 0: nothing cancels.
const MISH = `${BOUNDED}${GATED}
fn mishShare(x: T) -> T {
  let e = exp(-abs(x));
  let c = select(T(1.0), e, x < T(0.0));
  let n = c * c + 2.0 * e;
  return n / (n + 2.0 * select(e * e, T(1.0), x < T(0.0)));
}
fn mishDerivative(x: T) -> T {
  let e = exp(-abs(x));
  let c = select(T(1.0), e, x < T(0.0));
  let k = select(e * e, T(1.0), x < T(0.0));
  let n = c * c + 2.0 * e;
  let d = n + 2.0 * k;
  return n / d + 4.0 * x * k * c * (1.0 + e) / (d * d);
}`;

// min(max(x, low), high), NaN for NaN.
const CLIP = `
fn clip(x: T, low: f32, high: f32) -> T {
  return select(select(x, T(high), x > T(high)), T(low), x < T(low));
}
fn within(x: T, low: f32, high: f32) -> T {
  return select(T(0.0), select(T(0.0), T(1.0), x > T(low)), x < T(high));
}`;

// ln(1 + t) = 2·atanh(s), s = t/(2 + t) ≤ 1/3, by its series: the log of some devices loses digits near 1.
const SOFTPLUS = `
fn softplusTail(z: T) -> T {
  let t = exp(-abs(z));
  let s = t / (2.0 + t);
  let w = s * s;
  let series = 1.0 + w * (0.33333334 + w * (0.2 + w * (0.14285715 + w * (0.11111111 + w * (0.09090909 + w * 0.07692308)))));
  return 2.0 * s * series;
}
fn positivePart(x: T) -> T { return select(x, T(0.0), x < T(0.0)); }`;

// eᶻ − 1 for z ≤ 0, without cancellation near 0.
const EXPM1 = `
fn expm1(z: T) -> T {
  let near = z * (1.0 + z * (0.5 + z * (0.16666667 + z * (0.041666668 + z * (0.008333334 + z * 0.0013888889)))));
  return select(exp(z) - 1.0, near, abs(z) < T(0.35));
}
fn negativePart(x: T) -> T { return select(x, T(0.0), x > T(0.0)); }`;

// tanh of a large argument is not a number on some devices; near 0 the series keeps the digits of x.
const TANH = `
fn boundedTanh(x: T) -> T {
  let z = x * x;
  let near = x * (1.0 + z * (-0.33333334 + z * (0.13333334 + z * (-0.053968254 + z * 0.021869488))));
  let e = exp(-2.0 * abs(x));
  let far = 1.0 - 2.0 * e / (1.0 + e);
  return select(select(far, -far, x < T(0.0)), near, abs(x) < T(0.3));
}`;

/** Functions that other kernels fuse. */
const fused = {
  relu: {
    value: 'select(x, T(0.0), x < T(0.0))',
    derivative: 'select(T(1.0), T(0.0), y <= T(0.0))',
    keeps: 'y',
  },
  silu: {
    declarations: `${SIGMOID}${BOUNDED}${GATED}
fn siluDerivative(x: T) -> T { let s = sigmoid(x); return s * (1.0 + x * (1.0 - s)); }`,
    value: 'gated(x, sigmoid(x))',
    derivative: 'siluDerivative(bounded(x, 100.0))',
    keeps: 'x',
  },
  gelu: {
    declarations: NORMAL,
    value: 'gated(x, probability(x, bell(x)))',
    derivative: 'probability(x, bell(x)) + bounded(x, 20.0) * 0.3989422804 * bell(x)',
    keeps: 'x',
  },
  geluTanh: {
    declarations: GELU_TANH,
    value: 'gated(x, sigmoid(twiceU(bounded(x, 30.0))))',
    derivative: 'geluTanhDerivative(bounded(x, 30.0))',
    keeps: 'x',
  },
  mish: {
    declarations: MISH,
    value: 'gated(x, mishShare(x))',
    derivative: 'mishDerivative(bounded(x, 100.0))',
    keeps: 'x',
  },
} satisfies Record<string, ActivationFunction>;

/** Functions of the elementwise kernels alone. */
const elementwise = {
  sigmoid: { declarations: SIGMOID, value: 'sigmoid(x)', derivative: 'y * (1.0 - y)', keeps: 'y' },
  tanh: { declarations: TANH, value: 'boundedTanh(x)', derivative: '(1.0 - y) * (1.0 + y)', keeps: 'y' },
  exponential: { value: 'exp(x)', derivative: 'y', keeps: 'y' },
  relu6: {
    declarations: CLIP,
    value: 'clip(x, 0.0, 6.0)',
    derivative: 'within(x, 0.0, 6.0)',
    keeps: 'x',
  },
  hardSigmoid: {
    declarations: CLIP,
    value: 'clip(x + 3.0, 0.0, 6.0) / 6.0',
    derivative: 'within(x, -3.0, 3.0) / 6.0',
    keeps: 'x',
  },
  hardSilu: {
    value: 'select(select(x, x * ((x + 3.0) / 6.0), x < T(3.0)), T(0.0), x < T(-3.0))',
    derivative: 'select(T(0.0), select(T(1.0), (2.0 * x + 3.0) / 6.0, x < T(3.0)), x >= T(-3.0))',
    keeps: 'x',
  },
  hardMish: {
    declarations: CLIP,
    value: 'select(x * (clip(x + 2.0, 0.0, 2.0) / 2.0), T(0.0), x < T(-2.0))',
    derivative: 'select(T(0.0), select(T(1.0), x + 1.0, x <= T(0.0)), x >= T(-2.0))',
    keeps: 'x',
  },
  squaredRelu: {
    value: 'select(x * x, T(0.0), x < T(0.0))',
    derivative: 'select(T(0.0), 2.0 * x, x > T(0.0))',
    keeps: 'x',
  },
  logSigmoid: {
    declarations: `${SOFTPLUS}${SIGMOID}`,
    value: '-positivePart(-x) - softplusTail(x)',
    derivative: 'sigmoid(-x)',
    keeps: 'x',
  },
  quickGelu: {
    declarations: `${SIGMOID}${BOUNDED}${GATED}
fn quickGeluDerivative(z: T) -> T { let s = sigmoid(z); return s * (1.0 + z * (1.0 - s)); }`,
    value: 'gated(x, sigmoid(1.702 * bounded(x, 100.0)))',
    derivative: 'quickGeluDerivative(1.702 * bounded(x, 100.0))',
    keeps: 'x',
  },
  softsign: {
    value: 'x / (1.0 + abs(x))',
    derivative: '(1.0 / (1.0 + abs(x))) * (1.0 / (1.0 + abs(x)))',
    keeps: 'x',
  },
  selu: {
    declarations: EXPM1,
    value: 'select(1.7580993408 * expm1(negativePart(x)), 1.0507009874 * x, x > T(0.0))',
    derivative: 'select(1.7580993408 * exp(negativePart(x)), T(1.0507009874), x > T(0.0))',
    keeps: 'x',
  },
  sparsePlus: {
    declarations: CLIP,
    value: 'select(0.25 * (clip(x, -1.0, 1.0) + 1.0) * (clip(x, -1.0, 1.0) + 1.0), x, x >= T(1.0))',
    derivative: 'select(T(0.0), 0.5 * (clip(x, -1.0, 1.0) + 1.0), x > T(-1.0))',
    keeps: 'x',
  },
  sparseSigmoid: {
    declarations: CLIP,
    value: '0.5 * (clip(x, -1.0, 1.0) + 1.0)',
    derivative: '0.5 * within(x, -1.0, 1.0)',
    keeps: 'x',
  },
  tanhShrink: {
    declarations: TANH,
    value: 'x - boundedTanh(x)',
    derivative: 'boundedTanh(x) * boundedTanh(x)',
    keeps: 'x',
  },
  elu: {
    declarations: EXPM1,
    value: 'select(uniforms.p * expm1(negativePart(x)), x, x > T(0.0))',
    derivative: 'select(uniforms.p * exp(negativePart(x)), T(1.0), x > T(0.0))',
    keeps: 'x',
    parameters: 1,
  },
  celu: {
    declarations: EXPM1,
    value: 'select(uniforms.p * expm1(negativePart(x) / uniforms.p), x, x > T(0.0))',
    derivative: 'exp(negativePart(x) / uniforms.p)',
    keeps: 'x',
    parameters: 1,
  },
  leakyRelu: {
    value: 'select(x, uniforms.p * x, x < T(0.0))',
    derivative: 'select(T(uniforms.p), T(1.0), x > T(0.0))',
    keeps: 'x',
    parameters: 1,
  },
  softplus: {
    declarations: `${SOFTPLUS}${SIGMOID}`,
    value: 'positivePart(x) + softplusTail(uniforms.p * x) / uniforms.p',
    derivative: 'sigmoid(uniforms.p * x)',
    keeps: 'x',
    parameters: 1,
  },
  softShrink: {
    declarations: CLIP,
    value: 'x - clip(x, -uniforms.p, uniforms.p)',
    derivative: 'select(T(0.0), T(1.0), abs(x) > T(uniforms.p))',
    keeps: 'x',
    parameters: 1,
  },
  hardShrink: {
    value: 'select(x, T(0.0), abs(x) <= T(uniforms.p))',
    derivative: 'select(T(0.0), T(1.0), abs(x) > T(uniforms.p))',
    keeps: 'x',
    parameters: 1,
  },
  squareplus: {
    declarations: `
fn root(x: T) -> T { return select(abs(x), sqrt(x * x + uniforms.p), abs(x) < T(1e18)); }
fn share(x: T) -> T { return 0.5 * uniforms.p / root(x) / (root(x) + abs(x)); }`,
    value: 'select(0.5 * x + 0.5 * root(x), 0.5 * uniforms.p / (root(x) - x), x < T(0.0))',
    derivative: 'select(1.0 - share(x), share(x), x < T(0.0))',
    keeps: 'x',
    parameters: 1,
  },
  hardTanh: {
    declarations: CLIP,
    value: 'clip(x, uniforms.p, uniforms.q)',
    derivative: 'within(x, uniforms.p, uniforms.q)',
    keeps: 'x',
    parameters: 2,
  },
  threshold: {
    value: 'select(x, T(uniforms.q), x <= T(uniforms.p))',
    derivative: 'select(T(0.0), T(1.0), x > T(uniforms.p))',
    keeps: 'x',
    parameters: 2,
  },
} satisfies Record<string, ActivationFunction>;

const table = { ...fused, ...elementwise };

type FunctionName = keyof typeof table;

/** The functions that other kernels fuse. */
export const fusedFunctions = Object.keys(fused) as readonly (keyof typeof fused)[];

/** The functions that the elementwise kernels support. */
export const elementwiseFunctions = Object.keys(table) as readonly FunctionName[];

/** The uniforms of a function with parameters, from the attribute `parameters`. */
export function parameterUniforms(name: FunctionName, parameters: unknown): Record<string, Uniform> {
  const [p = 0, q = 0] = (parameters ?? []) as number[];
  const row: ActivationFunction = table[name];
  const count = row.parameters ?? 0;
  return { ...(count > 0 && { p: f32(p) }), ...(count > 1 && { q: f32(q) }) };
}

/** The input of the kernel `ActivationGrad` for a function: its argument or its value. */
export const gradientInput = (name: FunctionName): 'x' | 'y' => table[name].keeps;

/**
 * WGSL that declares `fn f(x: T) -> T`, the function, `fn gradient(dy: T, v: T) -> T`, dy·f' from its argument or value, and
 * `fn gradientAt(dy: T, x: T) -> T`, dy·f'(x) from the argument. A gradient is 0 where f' is 0, whatever dy is.
 */
export function declareFunction(name: FunctionName): string {
  const { declarations = '', value, derivative }: ActivationFunction = table[name];
  const input = gradientInput(name);
  return `${declarations}
fn f(x: T) -> T { return ${value}; }
fn derivative(${input}: T) -> T { return ${derivative}; }
fn gradient(dy: T, v: T) -> T {
  let slope = derivative(v);
  return select(dy * slope, T(0.0), slope == T(0.0));
}
fn gradientAt(dy: T, x: T) -> T { return gradient(dy, ${input === 'x' ? 'x' : 'f(x)'}); }`;
}

/**
 * Checks that a name is that of one of a kernel's functions.
 *
 * @throws when the kernel has no function of that name
 */
export function parseFunction(
  kernelName: string,
  name: unknown,
  functions: readonly FunctionName[],
): FunctionName {
  if (functions.includes(name as FunctionName)) return name as FunctionName;
  throw new Error(`${kernelName}: function is '${name}'; expected '${functions.join("', '")}'`);
}
