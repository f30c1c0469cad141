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

/** One row for each function that this backend fuses. */
const table = {
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

type FusedName = keyof typeof table;

/** The functions that kernels with the attribute `function` support. */
export const fusedFunctions = Object.keys(table) as readonly FusedName[];

/** The input of the kernel `ActivationGrad` for a function: its argument or its value. */
export const gradientInput = (name: FusedName): 'x' | 'y' => table[name].keeps;

/**
 * WGSL that declares `fn f(x: T) -> T`, the function, `fn gradient(dy: T, v: T) -> T`, dy·f' from its argument or value, and
 * `fn gradientAt(dy: T, x: T) -> T`, dy·f'(x) from the argument. A gradient is 0 where f' is 0, whatever dy is.
 */
export function declareFunction(name: FusedName): string {
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
 * Checks that a name is that of a function in the table.
 *
 * @throws when the kernel has no function of that name
 */
export function fusedFunction(kernelName: string, name: unknown): FusedName {
  if (fusedFunctions.includes(name as FusedName)) return name as FusedName;
  throw new Error(`${kernelName}: function is '${name}'; expected '${fusedFunctions.join("', '")}'`);
}
