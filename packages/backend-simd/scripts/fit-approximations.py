"""Fits the polynomials and rational functions of assembly/math.ts and prints their float32 errors.

Run: python3 scripts/fit-approximations.py   (numpy; scipy is not needed)
Method: weighted linear least squares, the weights raised where the error is largest (Lawson), so that the
largest relative error is close to the smallest possible one.
"""
import math
import numpy as np

F = np.float32


def lawson(design, target, scale, rounds=400):
    """Coefficients c that make max |design @ c - target| * scale small."""
    weight = np.ones(len(target))
    best, best_error = None, np.inf
    for _ in range(rounds):
        w = np.sqrt(weight) * scale
        c = np.linalg.lstsq(design * w[:, None], target * w, rcond=None)[0]
        error = np.abs(design @ c - target) * scale
        if error.max() < best_error:
            best, best_error = c, error.max()
        weight = weight * (error + 1e-30)
        weight /= weight.sum()
    return best, best_error


def chebyshev(low, high, count=4000):
    k = np.arange(count)
    return (low + high) / 2 + (high - low) / 2 * np.cos((k + 0.5) * math.pi / count)


def show(name, coefficients):
    print(name, ', '.join(f'{float(F(c))!r}' for c in coefficients))


def ulps(got, want):
    return np.max(np.abs(got.astype(np.float64) - want) / np.spacing(np.abs(want).astype(F)).astype(np.float64))


def fit_exp():
    # exp(t) = 1 + t + t^2 (c0 + c1 t + … ), |t| <= ln(2)/2
    t = chebyshev(-0.3475, 0.3475)
    t = t[np.abs(t) > 1e-4]
    for degree in (3, 4):
        design = np.stack([t ** (i + 2) for i in range(degree + 1)], 1)
        c, error = lawson(design, np.expm1(t) - t, 1 / np.abs(np.expm1(t)))
        show(f'expm1 degree {degree} (error {error:.2e}):', c)
    c = c.astype(F)
    x = np.linspace(-87, 88, 2000001).astype(F)
    n = np.rint(x * F(1.44269504)).astype(F)
    r = (x - n * F(0.693145752)) - n * F(1.42860677e-6)
    q = c[-1]
    for k in c[-2::-1]:
        q = q * r + k
    p = (q * r) * r + r
    y = np.ldexp((p + F(1)).astype(F), n.astype(int)).astype(F)
    print('  exp float32 error in ulp', ulps(y, np.exp(x.astype(np.float64))))


def erf64(x):
    return np.array([math.erf(v) for v in x])


def erfc64(x):
    return np.array([math.erfc(v) for v in x])


def fit_erf(split=0.9375, limit=4.0, near_degree=5, far_degree=5):
    # |x| <= split: erf(x) = x (c0 + c1 x^2 + …);  above: erf(x) = 1 - exp(-x (d0 + d1 x + …))
    x = chebyshev(1e-3, split)
    design = np.stack([x ** (2 * i + 1) for i in range(near_degree + 1)], 1)
    c, error = lawson(design, erf64(x), 1 / erf64(x))
    show(f'erf near degree {near_degree} (error {error:.2e}):', c)
    t = chebyshev(split, limit)
    design = np.stack([t ** (i + 1) for i in range(far_degree + 1)], 1)
    d, error = lawson(design, -np.log(erfc64(t)), erfc64(t) / erf64(t))
    show(f'erf far degree {far_degree} (error {error:.2e}):', d)
    c, d = c.astype(F), d.astype(F)
    x = np.linspace(1e-6, 4.5, 1000001).astype(F)
    z = x * x
    near = c[-1]
    for k in c[-2::-1]:
        near = near * z + k
    near = near * x
    t = np.minimum(x, F(limit))
    far = d[-1]
    for k in d[-2::-1]:
        far = far * t + k
    far = F(1) - np.exp(-(far * t).astype(np.float64)).astype(F)
    y = np.where(x < F(split), near, far)
    want = erf64(x.astype(np.float64))
    print('  float32: ulp', ulps(y, want), 'absolute', np.abs(y - want).max())


def erfcx64(t):
    """exp(t^2) erfc(t); the continued fraction where exp(t^2) would overflow or erfc lose digits."""
    fraction = np.zeros_like(t)
    for k in range(400, 0, -1):
        fraction = (k / 2) / (t + fraction)
    far = 1 / (math.sqrt(math.pi) * (t + fraction))
    near = np.exp(np.minimum(t, 5) ** 2) * erfc64(np.minimum(t, 5))
    return np.where(t < 3, near, far)


def fit_normal_tail(degree=7, limit=8.0):
    # P(N > x) = exp(-x^2 / 2) u (c0 + c1 u + …), u = 1 / (1 + p x), x >= 0
    x = chebyshev(0, limit)
    tail = erfcx64(x / math.sqrt(2)) / 2
    best = None
    for p in np.arange(0.16, 0.40, 0.02):
        u = 1 / (1 + p * x)
        design = np.stack([u ** (i + 1) for i in range(degree + 1)], 1)
        c, error = lawson(design, tail, 1 / tail, 150)
        if best is None or error * np.abs(c).max() < best[0]:
            best = (error * np.abs(c).max(), error, p, c)
    _, error, p, c = best
    show(f'normal tail degree {degree}, p {p:.2f} (error {error:.2e}):', c)
    c = c.astype(F)
    x = np.linspace(0, 12, 1000001).astype(F)
    u = F(1) / (F(1) + F(p) * x)
    q = c[-1]
    for k in c[-2::-1]:
        q = q * u + k
    got = np.exp(-(x * x * F(0.5)).astype(np.float64)).astype(F) * (q * u)
    want = erfc64(x.astype(np.float64) / math.sqrt(2)) / 2
    print('  float32 relative for x <= 5, 12:', *[np.max(np.abs(got - want)[x <= m] / want[x <= m]) for m in (5, 12)])


def fit_tanh(degree=4, limit=0.625):
    # tanh(x) = x + x^3 (c0 + c1 x^2 + …)
    x = chebyshev(1e-3, limit)
    z = x * x
    design = np.stack([x * z ** (i + 1) for i in range(degree + 1)], 1)
    c, error = lawson(design, np.tanh(x) - x, 1 / np.tanh(x))
    show(f'tanh degree {degree} (error {error:.2e}):', c)
    c = c.astype(F)
    x = np.linspace(1e-6, limit, 1000001).astype(F)
    z = x * x
    q = c[-1]
    for k in c[-2::-1]:
        q = q * z + k
    print('  float32 ulp', ulps(x + x * (z * q), np.tanh(x.astype(np.float64))))


def fit_log(degree=3):
    # log((1+s)/(1-s)) = 2s + s R(s^2), |s| <= (sqrt 2 - 1)/(sqrt 2 + 1)
    s = chebyshev(1e-3, 0.1717)
    z = s * s
    design = np.stack([s * z ** (i + 1) for i in range(degree + 1)], 1)
    exact = np.log1p(s) - np.log1p(-s)
    c, error = lawson(design, exact - 2 * s, 1 / exact)
    show(f'log degree {degree} (error {error:.2e}):', c)


if __name__ == '__main__':
    fit_exp()
    fit_erf()
    fit_normal_tail()
    fit_tanh()
    fit_log()
