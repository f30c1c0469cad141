"""Trajectories of parameters in float64, one file an optimizer; learning rates, one file a schedule; orthogonal matrices:
python3 tools/goldens/optimizers.py [NAME …]

A rule gets the parameters and the weight decay of each by name, and gives a function that takes a step of a rate. What is not in
PyTorch 2.6, such as Muon, Lion and decoupled decay for SGD, is written from its formula, Muon on PyTorch's layout
[out, in, height, width] and transposed back."""
import math, re, sys
import torch
from golden import golden, numbers, randn

o, s = torch.optim, torch.optim.lr_scheduler
STEPS, KEPT = 20, (1, 2, 3, 10, 20)
SHAPES = dict(scalar=[], bias=[3], kernel=[2, 3], conv=[3, 2, 2, 3])
SURFACE_STEPS, SURFACE_KEPT = 200, (1, 5, 20)

schedules = dict(
    cosineDecay=lambda peak, totalSteps: lambda t: peak * (1 + math.cos(math.pi * min(1, t / totalSteps))) / 2,
    stepDecay=lambda start, factor, at: lambda t: start * factor ** sum(drop <= t for drop in at),
    linearDecay=lambda start, totalSteps, end=0: lambda t: start + (end - start) * min(1, t / totalSteps))


def quadratic(w):
    """‖X·W − Y‖²/n with Y = X·W*: the smallest value is 0, at W*."""
    x = torch.tensor([[1, .5, -.3], [-.2, 1.1, .4], [.3, -.6, .9], [.8, .2, -1]], dtype=torch.float64)
    return ((x @ (w - torch.tensor([[1, -2], [.5, 1.5], [-1, .25]], dtype=torch.float64))) ** 2).mean()


def rosenbrock(w):
    """Σ (1 − a)² + 100·(b − a²)² over the rows [a, b]: a bent valley, its floor at [1, 1]."""
    a, b = w[:, 0], w[:, 1]
    return ((1 - a) ** 2 + 100 * (b - a ** 2) ** 2).sum()


surfaces = dict(quadratic=(quadratic, [[0., 0], [0, 0], [0, 0]]), rosenbrock=(rosenbrock, [[-1.2, 1], [.5, -.5]]))


def steps(rule, rate, decay, params, options, gradients_at, count):
    """Takes steps, and yields after each."""
    options = dict(options)
    schedule, only = options.pop('schedule', None), options.pop('only', '')
    clip = None if 'base' in options else options.pop('maxNorm', None)
    weight, constant = options.pop('weightDecay', options.pop('lambda', decay)), options.pop('learningRate', rate)
    if only and 'base' in options: options['only'] = only
    rate_at = schedules[schedule[0]](**schedule[1]) if schedule else lambda t: constant
    step = rule(params, {name: weight if re.search(only, name) else 0. for name in params}, **options)
    for t in range(count):
        gradients_at(t)
        if clip: torch.nn.utils.clip_grad_norm_(params.values(), clip)
        with torch.no_grad(): step(rate_at(t))
        yield t + 1, getattr(step, 'average', None)


def optimizer(name, rule, rate, cases, decay=0., names=tuple(SHAPES), **descents):
    """Options under which ours is the same, the defaults of rate and decay; `descents` are the options of each surface."""
    if sys.argv[1:] and name not in sys.argv[1:]: return
    with golden('optimizers', name) as lines:
        start = {n: randn(math.prod(SHAPES[n])).reshape(SHAPES[n]) for n in names}
        gradients = {n: randn(STEPS, *SHAPES[n]) for n in names}
        # Elements whose gradient is always 0, always tiny, ±80 in turn, 80 every third step, and −80 once.
        for n in set(names) - {'scalar'}:
            extreme = gradients[n].reshape(STEPS, -1)
            extreme[:, 0], extreme[:, 1], extreme[:, 2] = 0, 1e-30, 80. * (-1.) ** torch.arange(STEPS)
            if extreme.shape[1] > 4:
                extreme[:, 3] = torch.where(torch.arange(STEPS) % 3 == 0, 80., 0.).double()
                extreme[:, 4] = torch.where(torch.arange(STEPS) == 0, -80., 0.).double()
        lines.append(dict(shapes={n: SHAPES[n] for n in names}, kept=KEPT, start={n: numbers(v) for n, v in start.items()},
                          gradients={n: numbers(v) for n, v in gradients.items()}))
        for options in cases:
            params = {n: torch.nn.Parameter(start[n].clone()) for n in names}
            def gradients_at(t):
                for n, p in params.items(): p.grad = gradients[n][t].clone()
            kept, averages = [], []
            for t, average in steps(rule, rate, decay, params, options, gradients_at, STEPS):
                if t not in KEPT: continue
                kept.append({n: numbers(p) for n, p in params.items()})
                if average: averages.append({n: numbers(a) for n, a in average.items()})
            lines.append(dict(options=options, kept=kept, **(dict(averages=averages) if averages else {})))
        for surface, options in descents.items():
            f, begin = surfaces[surface]
            w = torch.nn.Parameter(torch.tensor(begin, dtype=torch.float64))
            first = f(w).item()
            def gradients_at(t):
                w.grad = None
                f(w).backward()
            kept = [numbers(w) for t, _ in steps(rule, rate, decay, dict(kernel=w), options, gradients_at, SURFACE_STEPS) if t in SURFACE_KEPT]
            ratio = f(w).item() / first
            below = 1e-3 if surface == 'quadratic' else .1
            assert ratio < below / 2, (name, surface, ratio)
            lines.append(dict(surface=surface, options=options, kept=SURFACE_KEPT, points=kept, steps=SURFACE_STEPS, below=below))


def with_torch(make):
    """A rule of PyTorch: `make(groups, **options)` gives its optimizer."""
    def rule(params, decays, **options):
        of_torch = make([dict(params=[p], weight_decay=decays[name]) for name, p in params.items()], **options)
        def step(eta):
            for group in of_torch.param_groups: group['lr'] = eta
            of_torch.step()
        return step
    return rule


def sgd(params, decays, decoupled=False, **options):
    plain = with_torch(lambda groups, **options: o.SGD(groups, **options))(params, {n: 0. if decoupled else d for n, d in decays.items()}, **options)
    def step(eta):
        for name, p in params.items():
            if decoupled: p.mul_(1 - eta * decays[name])
        plain(eta)
    return step


def newton_schulz(g, steps):
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g / (g.norm() + 1e-7)
    flip = x.shape[0] > x.shape[1]
    if flip: x = x.T
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if flip else x


def muon(params, decays, momentum=.95, nesterov=True, newtonSchulzSteps=5, normalizeWeights=False, scale='none'):
    buffers = {name: torch.zeros_like(p) for name, p in params.items()}
    scales = dict(none=lambda rows, columns: 1., aspect=lambda rows, columns: max(1., rows / columns) ** .5,
                  rms=lambda rows, columns: .2 * max(rows, columns) ** .5)
    def step(eta):
        for name, p in params.items():
            buffers[name].mul_(momentum).add_(p.grad)
            u = p.grad + momentum * buffers[name] if nesterov else buffers[name]
            to_torch = lambda w: w.movedim(-1, 0)  # [..., in, out] -> [out, ..., in]
            matrix = to_torch(u).reshape(u.shape[-1], -1)
            if normalizeWeights: p.mul_(p.shape[-1] ** .5 / p.norm())
            p.mul_(1 - eta * decays[name])
            x = newton_schulz(matrix, newtonSchulzSteps).reshape(to_torch(u).shape).movedim(0, -1)
            p.sub_(eta * scales[scale](*matrix.shape) * x)
    return step


falling = lambda start, end=0.: dict(schedule=['linearDecay', dict(start=start, end=end, totalSteps=SURFACE_STEPS)])
optimizer('sgd', sgd, .1, [
    dict(learningRate=.1), dict(learningRate=.1, weightDecay=.05), dict(learningRate=.01, momentum=.9),
    dict(learningRate=.01, momentum=.9, weightDecay=.05), dict(learningRate=.01, momentum=.85, nesterov=True, weightDecay=.05),
    dict(learningRate=.01, momentum=.9, nesterov=True, weightDecay=.5, only='kernel$|conv'),
    dict(learningRate=.01, momentum=.9, nesterov=True, weightDecay=.5, decoupled=True),
    dict(schedule=['stepDecay', dict(start=.1, factor=.5, at=[3, 9])], momentum=.9),
    dict(learningRate=.1, momentum=.9, maxNorm=2), dict(learningRate=.1, maxNorm=1e4)],
    quadratic=dict(learningRate=.1, momentum=.9), rosenbrock=dict(learningRate=5e-4, momentum=.95))
optimizer('rmsProp', with_torch(lambda groups, decay=.99, epsilon=1e-8, **rest: o.RMSprop(groups, alpha=decay, eps=epsilon, **rest)), .01, [
    dict(), dict(learningRate=.001, decay=.9, epsilon=1e-5), dict(learningRate=.001, momentum=.9, weightDecay=.05),
    dict(learningRate=.001, centered=True), dict(learningRate=.001, decay=.95, centered=True, momentum=.5, weightDecay=.05)],
    quadratic=falling(.05), rosenbrock=falling(.03))
adam = lambda make: with_torch(lambda groups, beta1=.9, beta2=.999, epsilon=1e-8, amsgrad=False: make(
    groups, betas=(beta1, beta2), eps=epsilon, amsgrad=amsgrad))
optimizer('adam', adam(o.Adam), 1e-3, [
    dict(), dict(learningRate=.01, beta1=.8, beta2=.95, epsilon=1e-6), dict(beta1=0., beta2=0.),
    dict(weightDecay=.5, only='kernel$|conv'), dict(learningRate=.01, amsgrad=True, beta2=.8, weightDecay=.05)],
    quadratic=falling(.2), rosenbrock=falling(.1, .05))
optimizer('adamW', adam(o.AdamW), 1e-3, [
    dict(), dict(learningRate=.01, beta2=.98, weightDecay=.5), dict(learningRate=.01, weightDecay=.5, only='kernel$|conv'),
    dict(learningRate=.01, amsgrad=True, beta2=.8),
    dict(schedule=['cosineDecay', dict(peak=.05, totalSteps=15)]), dict(learningRate=.01, maxNorm=1)],
    decay=.01, quadratic=dict(weightDecay=0, **falling(.2)), rosenbrock=dict(weightDecay=0, **falling(.1, .05)))
optimizer('muon', muon, .02, [
    dict(), dict(learningRate=.24, momentum=.6, newtonSchulzSteps=3, normalizeWeights=True),
    dict(schedule=['linearDecay', dict(start=.24, totalSteps=20)], momentum=.6, newtonSchulzSteps=3, normalizeWeights=True),
    dict(learningRate=.02, nesterov=False, weightDecay=.5), dict(learningRate=.02, momentum=.9, scale='aspect', weightDecay=.01),
    dict(learningRate=.02, scale='rms', normalizeWeights=True, weightDecay=.5)],
    names=('kernel', 'conv'), quadratic=dict(momentum=.8, **falling(.2)), rosenbrock=dict(momentum=.8, **falling(.04)))


def lion(params, decays, beta1=.9, beta2=.99):
    momentum = {name: torch.zeros_like(p) for name, p in params.items()}
    def step(eta):
        for name, p in params.items():
            p.sub_(eta * ((beta1 * momentum[name] + (1 - beta1) * p.grad).sign() + decays[name] * p))
            momentum[name].mul_(beta2).add_((1 - beta2) * p.grad)
    return step


optimizer('lion', lion, 1e-4, [
    dict(), dict(learningRate=.01, beta1=.8, beta2=.95), dict(learningRate=.01, weightDecay=.5, only='kernel$|conv')],
    quadratic=falling(.05), rosenbrock=dict(beta2=.9, **falling(.02)))


def ada_belief(params, decays, beta1=.9, beta2=.999, epsilon=1e-8):
    mean, error = ({name: torch.zeros_like(p) for name, p in params.items()} for _ in range(2))
    count = [0]
    def step(eta):
        count[0] += 1
        for name, p in params.items():
            m = mean[name].mul_(beta1).add_((1 - beta1) * p.grad)
            s = error[name].mul_(beta2).add_((1 - beta2) * (p.grad - m) ** 2).add_(epsilon)
            root = (s / (1 - beta2 ** count[0])).sqrt() + epsilon
            p.sub_(eta * (m / (1 - beta1 ** count[0]) / root + decays[name] * p))
    return step


def signum(params, decays, momentum=.9):
    mean = {name: torch.zeros_like(p) for name, p in params.items()}
    def step(eta):
        for name, p in params.items():
            mean[name].mul_(momentum).add_((1 - momentum) * p.grad)
            p.sub_(eta * (mean[name].sign() + decays[name] * p))
    return step


betas = lambda make, **fixed: with_torch(lambda groups, beta1=.9, beta2=.999, epsilon=1e-8, momentumDecay=None: make(
    groups, betas=(beta1, beta2), eps=epsilon, **({} if momentumDecay is None else dict(momentum_decay=momentumDecay)), **fixed))
optimizer('adagrad', with_torch(lambda groups, initialAccumulator=0, epsilon=1e-10: o.Adagrad(
    groups, initial_accumulator_value=initialAccumulator, eps=epsilon)), .01, [
    dict(), dict(learningRate=.1, initialAccumulator=.1, epsilon=1e-5, weightDecay=.05)],
    quadratic=dict(learningRate=.5), rosenbrock=dict(learningRate=.5))
optimizer('adadelta', with_torch(lambda groups, decay=.9, epsilon=1e-6: o.Adadelta(groups, rho=decay, eps=epsilon)), 1., [
    dict(), dict(learningRate=.5, decay=.95, epsilon=1e-3, weightDecay=.05)],
    quadratic=dict(epsilon=1e-2), rosenbrock=dict(epsilon=1e-3))
optimizer('adamax', betas(o.Adamax), 2e-3, [
    dict(), dict(learningRate=.01, beta1=.8, beta2=.95, epsilon=1e-6, weightDecay=.05), dict(beta1=0., beta2=0.)],
    quadratic=falling(.2), rosenbrock=dict(beta2=.95, **falling(.15, .05)))
optimizer('nadam', betas(o.NAdam, foreach=True), 2e-3, [
    dict(), dict(learningRate=.01, beta1=.8, beta2=.95, epsilon=1e-6, momentumDecay=.1, weightDecay=.05)],
    quadratic=falling(.2), rosenbrock=falling(.1, .05))
optimizer('radam', betas(o.RAdam), 1e-3, [
    dict(), dict(learningRate=.01, beta1=.8, beta2=.95, epsilon=1e-6, weightDecay=.05)],
    quadratic=falling(.2), # The first steps have no denominator.
    rosenbrock=dict(beta2=.95, schedule=['stepDecay', dict(start=2e-4, factor=400., at=[6])]))
optimizer('adaBelief', ada_belief, 1e-3, [
    dict(), dict(learningRate=.01, beta1=.8, beta2=.95, epsilon=1e-6, weightDecay=.05, only='kernel$|conv')],
    quadratic=falling(.2), rosenbrock=falling(.1, .05))
optimizer('signum', signum, 1e-3, [
    dict(), dict(learningRate=.01, momentum=.5, weightDecay=.05, only='kernel$|conv')],
    quadratic=falling(.1), rosenbrock=falling(.02))


optimizer('rprop', with_torch(lambda groups, decrease=.5, increase=1.2, minStep=1e-6, maxStep=50: o.Rprop(
    [dict(params=group['params']) for group in groups], etas=(decrease, increase), step_sizes=(minStep, maxStep))), .01, [
    dict(), dict(learningRate=.1, decrease=.3, increase=1.5, minStep=.04, maxStep=.4)],
    quadratic=dict(learningRate=.1), rosenbrock=dict())
optimizer('asgd', with_torch(lambda groups, decay=1e-4, power=.75, averageFrom=1e6: o.ASGD(
    groups, lambd=decay, alpha=power, t0=averageFrom)), .01, [
    dict(), dict(learningRate=.05, decay=.2, power=.5, averageFrom=4, weightDecay=.05)],
    quadratic=dict(learningRate=.4), rosenbrock=dict(learningRate=1e-3))


def per_parameter(rule):
    """A rule for one parameter: `rule(p, g, state, t, eta, decay, **options)` changes p and state, from t = 1; each has a state."""
    def of_all(params, decays, **options):
        states, count = {name: {} for name in params}, [0]
        def step(eta):
            count[0] += 1
            for name, p in params.items(): rule(p, p.grad, states[name], count[0], eta, decays[name], **options)
        return step
    return of_all


def mean(state, name, beta, value):
    state[name] = beta * state.get(name, torch.zeros_like(value)) + (1 - beta) * value
    return state[name]


def adan(p, g, state, t, eta, decay, beta1=.98, beta2=.92, beta3=.99, epsilon=1e-8):
    d = g - state.get('previous', g)
    state['previous'] = g.clone()
    m, v, n = mean(state, 'm', beta1, g), mean(state, 'v', beta2, d), mean(state, 'n', beta3, (g + beta2 * d) ** 2)
    u = (m / (1 - beta1 ** t) + beta2 * v / (1 - beta2 ** t)) / ((n / (1 - beta3 ** t)).sqrt() + epsilon)
    p.sub_(eta * u).div_(1 + eta * decay)


def adopt(p, g, state, t, eta, decay, beta1=.9, beta2=.9999, epsilon=1e-6):
    if t == 1:
        state['v'] = g ** 2
        return
    bound = (t - 1) ** .25
    m = mean(state, 'm', beta1, (g / state['v'].sqrt().clamp(min=epsilon)).clamp(-bound, bound))
    p.sub_(eta * (m + decay * p))
    mean(state, 'v', beta2, g ** 2)


def ademamix(p, g, state, t, eta, decay, beta1=.9, beta2=.999, beta3=.9999, alpha=5, warmupSteps=0, epsilon=1e-8):
    slow, weight = beta3, alpha
    if t < warmupSteps:
        half = lambda beta: math.log(.5) / math.log(beta + 1e-8) - 1
        share = t / warmupSteps
        slow, weight = .5 ** (1 / ((1 - share) * half(beta1) + share * half(beta3) + 1)), alpha * share
    m, s, v = mean(state, 'm', beta1, g), mean(state, 's', slow, g), mean(state, 'v', beta2, g ** 2)
    p.sub_(eta * ((m / (1 - beta1 ** t) + weight * s) / ((v / (1 - beta2 ** t)).sqrt() + epsilon) + decay * p))


def beta_lasso(p, g, state, t, eta, decay, beta=50, momentum=0.):
    b = state['b'] = momentum * state.get('b', torch.zeros_like(g)) + g
    p.sub_(eta * (b + decay * p.sign()))
    p[p.abs() < beta * decay] = 0


def prodigy(params, decays, beta1=.9, beta2=.999, epsilon=1e-8, initialDistance=1e-6, distanceFactor=1, biasCorrection=False):
    start = {name: p.detach().clone() for name, p in params.items()}
    m, v, s = ({name: torch.zeros_like(p) for name, p in params.items()} for _ in range(3))
    of_all = dict(d=initialDistance, numerator=0., t=0)
    keep = beta2 ** .5
    def step(eta):
        of_all['t'] += 1
        d, t = of_all['d'], of_all['t']
        rate = eta * d * ((1 - beta2 ** t) ** .5 / (1 - beta1 ** t) if biasCorrection else 1)
        of_all['numerator'] *= keep
        for name, p in params.items():
            m[name].mul_(beta1).add_(d * (1 - beta1) * p.grad)
            v[name].mul_(beta2).add_(d ** 2 * (1 - beta2) * p.grad ** 2)
            s[name].mul_(keep).add_(d / initialDistance * rate * p.grad)
            of_all['numerator'] += d / initialDistance * rate * (p.grad * (start[name] - p)).sum().item()
        norm = sum(x.abs().sum().item() for x in s.values())
        of_all['d'] = max(d, distanceFactor * of_all['numerator'] / norm)
        for name, p in params.items():
            p.sub_(rate * (m[name] / (v[name].sqrt() + of_all['d'] * epsilon) + decays[name] * p))
    return step


optimizer('adan', per_parameter(adan), 1e-3, [
    dict(), dict(learningRate=.01, beta1=.9, beta2=.8, beta3=.95, epsilon=1e-6, weightDecay=.5, only='kernel$|conv')],
    quadratic=dict(beta1=.9, **falling(.2)), rosenbrock=dict(beta1=.9, **falling(.1, .05)))
optimizer('adopt', per_parameter(adopt), 1e-3, [
    dict(), dict(learningRate=.01, beta1=.8, beta2=.95, epsilon=1e-3, weightDecay=.5, only='kernel$|conv')],
    quadratic=dict(beta2=.99, **falling(.2)), rosenbrock=dict(beta2=.95, **falling(.1, .02)))
optimizer('ademamix', per_parameter(ademamix), 1e-3, [
    dict(), dict(learningRate=.01, beta1=.8, beta2=.95, beta3=.99, alpha=8, epsilon=1e-6, weightDecay=.5),
    dict(learningRate=.01, warmupSteps=15)],
    quadratic=dict(beta3=.98, warmupSteps=200, **falling(.1)), rosenbrock=dict(beta3=.95, alpha=2, beta2=.95, **falling(.05, .01)))
optimizer('betaLasso', per_parameter(beta_lasso), .1, [
    dict(), dict(learningRate=.05, **{'lambda': .01}, beta=8, momentum=.9), dict(learningRate=.05, **{'lambda': .05}, beta=5, only='kernel$|conv')],
    decay=1e-5, quadratic=dict(learningRate=.4), rosenbrock=dict(learningRate=5e-4, momentum=.95))
optimizer('prodigy', prodigy, 1., [
    dict(), dict(initialDistance=1e-3, beta1=.8, beta2=.95, weightDecay=.05, only='kernel$|conv'),
    dict(learningRate=.5, initialDistance=.01, distanceFactor=2, biasCorrection=True, epsilon=1e-6)],
    quadratic=falling(1.), rosenbrock=dict(initialDistance=1e-2))


def lamb(p, g, state, t, eta, decay, beta1=.9, beta2=.999, epsilon=1e-6):
    m, v = mean(state, 'm', beta1, g), mean(state, 'v', beta2, g ** 2)
    u = m / (1 - beta1 ** t) / ((v / (1 - beta2 ** t)).sqrt() + epsilon) + decay * p
    p.sub_(eta * (p.norm() / u.norm() if p.norm() > 0 and u.norm() > 0 else 1) * u)


def lars(p, g, state, t, eta, decay, momentum=.9, nesterov=False, trust=.001, epsilon=1e-8):
    ratio = trust * p.norm() / (g.norm() + decay * p.norm() + epsilon) if p.norm() > 0 and g.norm() > 0 else 1
    scaled = ratio * (g + decay * p)
    b = state['b'] = momentum * state.get('b', torch.zeros_like(g)) + scaled
    p.sub_(eta * (scaled + momentum * b if nesterov else b))


optimizer('lamb', per_parameter(lamb), 1e-3, [
    dict(), dict(learningRate=.02, beta1=.8, beta2=.95, epsilon=1e-4, weightDecay=.5, only='kernel$|conv')],
    decay=.01, quadratic=dict(weightDecay=0, **falling(.2)), rosenbrock=dict(weightDecay=0, beta2=.95, **falling(.05, .02)))
optimizer('lars', per_parameter(lars), 1., [
    dict(learningRate=1), dict(learningRate=5, momentum=.8, nesterov=True, trust=.01, epsilon=0, weightDecay=.5, only='kernel$|conv')],
    quadratic=dict(trust=.1, **falling(.5)), rosenbrock=dict(trust=.01, **falling(.2, .05)))
optimizer('adafactor', with_torch(lambda groups, beta2Decay=-.8, epsilon1=2 ** -23, epsilon2=1e-3, clip=1.: o.Adafactor(
    groups, beta2_decay=beta2Decay, eps=(epsilon1, epsilon2), d=clip)), .01, [
    dict(), dict(learningRate=.5, beta2Decay=-.5, epsilon1=1e-3, epsilon2=.1, clip=1.5, weightDecay=.05, only='kernel$|conv')],
    quadratic=falling(.3), rosenbrock=falling(.1, .02))


# Wrappers: the option `base` is the name and the options of the wrapped optimizer, whose step is `inner()`.
bases = dict(sgd=(sgd, 0.), adam=(adam(o.Adam), 0.), adamW=(adam(o.AdamW), .01))


def wrapper(wrap):
    """`wrap(params, begin, **options)` gives a step; `begin(params)` gives the wrapped step on these parameters."""
    def rule(params, decays, base, **options):
        def begin(points):
            make, decay = bases[base[0]]
            of_base = dict(base[1])
            eta, weight, only = of_base.pop('learningRate'), of_base.pop('weightDecay', decay), of_base.pop('only', '')
            step = make(points, {n: weight if re.search(only, n) else 0. for n in points}, **of_base)
            return lambda: step(eta)
        step = wrap(params, begin, **options)
        def of_rate(eta): step()
        of_rate.average = getattr(step, 'average', None)
        return of_rate
    return rule


def on_gradients(change):
    def wrap(params, begin, only='', **options):
        inner = begin(params)
        def step():
            for name, p in params.items():
                if re.search(only, name): p.grad = change(p.grad, p, **options)
            inner()
        return step
    return wrapper(wrap)


units = lambda x: dict(dim=tuple(range(x.dim() - 1)), keepdim=True) if x.dim() > 1 else {}
unit_norm = lambda x: (x ** 2).sum(**units(x)).sqrt()


def clip_adaptively(g, p, clipping=.01, epsilon=1e-3):
    limit = clipping * unit_norm(p).clamp(min=epsilon)
    return torch.where(unit_norm(g) > limit, g * limit / unit_norm(g), g)


def accumulate(params, begin, steps):
    inner, sums, count = begin(params), {name: torch.zeros_like(p) for name, p in params.items()}, [0]
    def step():
        count[0] += 1
        for name, p in params.items(): sums[name].add_(p.grad)
        if count[0] % steps: return
        for name, p in params.items():
            p.grad = sums[name] / steps
            sums[name].zero_()
        inner()
    return step


def cautious(params, begin):
    # The wrapped rules do not depend on the parameters: from 0, their points are the updates, without rounding.
    updates = {name: torch.nn.Parameter(torch.zeros_like(p)) for name, p in params.items()}
    inner = begin(updates)
    def step():
        for name, p in params.items():
            updates[name].zero_()
            updates[name].grad = p.grad
        inner()
        for name, p in params.items():
            mask = (updates[name] * p.grad < 0).double()
            p.add_(updates[name] * mask / mask.mean().clamp(min=1e-3))
    return step


def lookahead(params, begin, steps=5, slowRate=.5):
    inner, slow, count = begin(params), {name: p.detach().clone() for name, p in params.items()}, [0]
    def step():
        inner()
        count[0] += 1
        if count[0] % steps: return
        for name, p in params.items():
            slow[name].add_(slowRate * (p - slow[name]))
            p.copy_(slow[name])
    return step


def schedule_free(params, begin, beta=.9):
    z = {name: torch.nn.Parameter(p.detach().clone()) for name, p in params.items()}
    inner, x, count = begin(z), {name: p.detach().clone() for name, p in params.items()}, [0]
    def step():
        count[0] += 1
        for name, p in params.items(): z[name].grad = p.grad
        inner()
        for name, p in params.items():
            x[name].add_((z[name] - x[name]) / count[0])
            p.copy_((1 - beta) * z[name] + beta * x[name])
    step.average = x
    return step


def averaged(decay_at):
    def wrap(params, begin, **options):
        inner, average, count = begin(params), {name: p.detach().clone() for name, p in params.items()}, [0]
        def step():
            inner()
            delta = decay_at(count[0], **options)
            count[0] += 1
            for name, p in params.items(): average[name].mul_(delta).add_((1 - delta) * p)
        step.average = average
        return step
    return wrapper(wrap)


def swa(t, start=0, every=1):
    n = (t - start) / every
    return 0. if n < 0 else n / (n + 1) if n == int(n) else 1.


momentum = ['sgd', dict(learningRate=.01, momentum=.9)]
valley = ['sgd', dict(learningRate=5e-4, momentum=.95)]
quad = ['sgd', dict(learningRate=.1, momentum=.9)]
decayed = ['adamW', dict(learningRate=.01, weightDecay=.5, only='kernel$|conv')]
on = lambda **options: dict(quadratic=dict(base=quad, **options), rosenbrock=dict(base=valley, **options))
optimizer('clipByValue', on_gradients(lambda g, p, maxValue: g.clamp(-maxValue, maxValue)), 1., [dict(base=momentum, maxValue=.5)], **on(maxValue=100))
optimizer('clipByNorm', on_gradients(lambda g, p, maxNorm: g * maxNorm / max(maxNorm, g.norm().item())), 1., [dict(base=momentum, maxNorm=1.5)], **on(maxNorm=100))
optimizer('clipAdaptively', on_gradients(clip_adaptively), 1., [
    dict(base=momentum), dict(base=decayed, clipping=.3, epsilon=.5, only='kernel$|conv')],
    quadratic=dict(base=['sgd', dict(learningRate=1, momentum=.9)], clipping=1, epsilon=.1), rosenbrock=dict(base=valley, clipping=200))
optimizer('centralize', on_gradients(lambda g, p: g - g.mean(**units(g)) if g.dim() > 1 else g), 1., [dict(base=momentum), dict(base=decayed)])
optimizer('accumulate', wrapper(accumulate), 1., [dict(base=momentum, steps=1), dict(base=decayed, steps=3)], **on(steps=1))
optimizer('cautious', wrapper(cautious), 1., [dict(base=momentum), dict(base=['adam', dict(learningRate=.01)])], **on())
optimizer('lookahead', wrapper(lookahead), 1., [dict(base=momentum), dict(base=decayed, steps=3, slowRate=.8)], **on())
optimizer('scheduleFree', wrapper(schedule_free), 1., [
    dict(base=['sgd', dict(learningRate=.05)]), dict(base=['adamW', dict(learningRate=.01, beta1=0., weightDecay=.5)], beta=.7)],
    quadratic=dict(base=['sgd', dict(learningRate=.4)]), rosenbrock=dict(base=['adamW', dict(learningRate=.05, beta1=0., beta2=.99, weightDecay=0)]))
optimizer('skipNotFinite', on_gradients(lambda g, p: g), 1., [dict(base=decayed)], **on())
optimizer('exponentialMovingAverage', averaged(lambda t, decay=.999: decay), 1., [dict(base=momentum, decay=.8)], **on())
optimizer('stochasticWeightAveraging', averaged(swa), 1., [dict(base=momentum), dict(base=decayed, start=4, every=3)], **on())


def on_surfaces(name, rule, kept, count, **surface_options):
    """Of an optimizer that looks at several points in a step: `rule(w, gradient_at, f, **options)` gives its step."""
    if sys.argv[1:] and name not in sys.argv[1:]: return
    with golden('optimizers', name) as lines:
        for surface, options in surface_options.items():
            f, begin = surfaces[surface]
            w = torch.nn.Parameter(torch.tensor(begin, dtype=torch.float64))
            def gradient_at(point):
                with torch.enable_grad():
                    x = point.detach().clone().requires_grad_()
                    f(x).backward()
                return x.grad
            step, first, points = rule(w, gradient_at, f, **options), f(w).item(), []
            for t in range(1, count + 1):
                step(t)
                if t in kept: points.append(numbers(w))
            lines.append(dict(surface=surface, options=options, kept=kept, points=points, steps=count, below=max(1e-6, 1.1 * f(w).item() / first)))


def sam(w, gradient_at, f, base, rho=.05, adaptive=False):
    b, rate, momentum = torch.zeros_like(w), base[1]['learningRate'], base[1]['momentum']
    def step(t):
        with torch.no_grad():
            g = gradient_at(w)
            e = rho * w ** 2 * g / (w * g).norm().clamp(min=1e-12) if adaptive else rho * g / g.norm()
            b.mul_(momentum).add_(gradient_at(w + e))
            w.sub_(rate * b)
    return step


def sophia(w, gradient_at, f, batchSize, learningRate=1e-4, beta1=.96, beta2=.99, gamma=.01, epsilon=1e-12, every=10, weightDecay=0.):
    m, h = torch.zeros_like(w), torch.zeros_like(w)
    def step(t):
        with torch.no_grad():
            g = gradient_at(w)
            m.mul_(beta1).add_((1 - beta1) * g)
            if (t - 1) % every == 0: h.mul_(beta2).add_((1 - beta2) * batchSize * g ** 2)
            w.sub_(learningRate * ((m / (gamma * h).clamp(min=epsilon)).clamp(-1, 1) + weightDecay * w))
    return step


def lbfgs(w, gradient_at, f, learningRate=1, historySize=10):
    of_torch = o.LBFGS([w], lr=learningRate, max_iter=1, history_size=historySize, line_search_fn='strong_wolfe')
    def closure():
        of_torch.zero_grad()
        loss = f(w)
        loss.backward()
        return loss
    return lambda t: of_torch.step(closure)


twelve = tuple(range(1, 13))
on_surfaces('sam', sam, twelve, 12, quadratic=dict(base=quad), rosenbrock=dict(base=valley, rho=.01, adaptive=True))
on_surfaces('sophia', sophia, twelve, 12, quadratic=dict(batchSize=4, learningRate=.05, gamma=50., every=3),
            rosenbrock=dict(batchSize=2, learningRate=.01, gamma=1., beta1=.8, weightDecay=.1))
# From the 7th step in the valley on, PyTorch's own float32 and float64 differ by more than 1e-3.
on_surfaces('lbfgs', lbfgs, twelve[:6], 50, quadratic=dict(historySize=3), rosenbrock=dict())


def schedule(name, *cases):
    """Options, with what PyTorch's scheduler makes of an initial rate over so many steps."""
    if sys.argv[1:] and name not in sys.argv[1:]: return
    with golden('optimizers', name) as lines:
        for options, make, initial, count in cases:
            of_torch = o.SGD([torch.nn.Parameter(torch.zeros(1))], lr=initial)
            scheduler = make(of_torch)
            values = []
            for _ in range(count):
                values.append(of_torch.param_groups[0]['lr'])
                of_torch.step(); scheduler.step()
            lines.append(dict(options=options, values=values))


schedule('constantSchedule', (.3, lambda opt: s.ConstantLR(opt, 1.), .3, 5))
schedule('stepDecay', (dict(start=.5, factor=.3, every=4), lambda opt: s.StepLR(opt, 4, .3), .5, 20),
         (dict(start=.5, at=[0, 3, 9]), lambda opt: s.MultiStepLR(opt, [3, 9]), .05, 20))
schedule('linearDecay', (dict(start=.1, end=.7, totalSteps=7), lambda opt: s.LinearLR(opt, .1 / 1., .7 / 1., 7), 1., 20),
         (dict(start=.4, totalSteps=9), lambda opt: s.LinearLR(opt, 1., 0., 9), .4, 20))
schedule('cosineDecay', (dict(peak=.5, totalSteps=12), lambda opt: s.CosineAnnealingLR(opt, 12), .5, 13),
         (dict(peak=.5, end=.1, totalSteps=12), lambda opt: s.CosineAnnealingLR(opt, 12, .1), .5, 13))
schedule('cosineWarmRestarts', (dict(peak=.5, period=5), lambda opt: s.CosineAnnealingWarmRestarts(opt, 5), .5, 24),
         (dict(peak=.5, end=.02, period=3, growth=2), lambda opt: s.CosineAnnealingWarmRestarts(opt, 3, 2, .02), .5, 24))
schedule('oneCycle', (dict(peak=.8, totalSteps=20), lambda opt: s.OneCycleLR(opt, .8, 20, cycle_momentum=False), .1, 20),
         (dict(peak=.8, totalSteps=17, warmupFraction=.41, start=.2, end=.004, shape='linear'), lambda opt: s.OneCycleLR(
             opt, .8, 17, pct_start=.41, anneal_strategy='linear', div_factor=4, final_div_factor=50, cycle_momentum=False), .1, 17))
schedule('warmup', (dict(peak=.5, totalSteps=8, steps=4),
                    lambda opt: s.SequentialLR(opt, [s.LinearLR(opt, .25, 1., 3), s.CosineAnnealingLR(opt, 8)], [4]), .5, 12))
linear = lambda opt, start, end, steps: s.LinearLR(opt, start, end, steps)
factor = lambda f: lambda opt: s.LambdaLR(opt, f)
schedule('exponentialDecay', (dict(start=.5, factor=.9), lambda opt: s.ExponentialLR(opt, .9), .5, 40))
schedule('polynomialDecay', (dict(start=.5, totalSteps=15, power=2.5), lambda opt: s.PolynomialLR(opt, 15, 2.5), .5, 40),
         (dict(start=.5, end=.1, totalSteps=15, power=.5), factor(lambda t: .2 + .8 * max(0, 1 - t / 15) ** .5), .5, 40))
schedule('inverseTimeDecay', (dict(start=.5, rate=.2), factor(lambda t: 1 / (1 + .2 * t)), .5, 40))
# The paper's formula for width 16 and 6 steps of warm-up, whose largest value is 1/sqrt(16 * 6).
schedule('inverseSquareRoot', (dict(peak=(16 * 6) ** -.5, warmupSteps=6),
                               factor(lambda t: 16 ** -.5 * min((t + 1) ** -.5, (t + 1) * 6 ** -1.5)), 1., 40))
cycles = lambda *arguments, **options: lambda opt: s.CyclicLR(opt, *arguments, cycle_momentum=False, **options)
schedule('cyclic', (dict(low=.1, high=.7, stepsUp=5), cycles(.1, .7, 5), .1, 40),
         (dict(low=.1, high=.7, stepsUp=3, stepsDown=6, mode='triangular2'), cycles(.1, .7, 3, 6, mode='triangular2'), .1, 40),
         (dict(low=.1, high=.7, stepsUp=4, mode='exponentialRange', factor=.95), cycles(.1, .7, 4, mode='exp_range', gamma=.95), .1, 40))
schedule('piecewiseInterpolate',
         (dict(points=[[0, .1], [5, .9], [12, .3]]), lambda opt: s.SequentialLR(opt, [linear(opt, .1, .9, 5), linear(opt, .9, .3, 7)], [5]), 1., 40),
         (dict(points=[[3, .5], [9, .1]], shape='cosine'), lambda opt: s.SequentialLR(
             opt, [s.ConstantLR(opt, 1.), s.CosineAnnealingLR(opt, 6, .1)], [3]), .5, 10),
         (dict(points=[[0, .5], [9, .05], [20, .005]], shape='constant'), lambda opt: s.MultiStepLR(opt, [9, 20]), .5, 40))
schedule('joinSchedules', (dict(first=dict(start=.5, every=3), second=dict(start=.5, totalSteps=8), at=[7]),
                           lambda opt: s.SequentialLR(opt, [s.StepLR(opt, 3, .1), linear(opt, 1., 0., 8)], [7]), .5, 40))
schedule('warmupStableDecay',
         (dict(peak=.5, warmupSteps=4, decaySteps=6, totalSteps=20), lambda opt: s.SequentialLR(
             opt, [linear(opt, .25, 1., 3), s.ConstantLR(opt, 1.), linear(opt, 1., 0., 6)], [4, 14]), .5, 40),
         (dict(peak=.5, end=.1, decaySteps=6, totalSteps=9, shape='cosine'), lambda opt: s.SequentialLR(
             opt, [s.ConstantLR(opt, 1.), s.CosineAnnealingLR(opt, 6, .1)], [3]), .5, 10),
         (dict(peak=.5, decaySteps=8, totalSteps=10, shape='squareRoot'),
          factor(lambda t: 1 - max(0., min(1., (t - 2) / 8)) ** .5), .5, 40))

if not sys.argv[1:] or 'newtonSchulz' in sys.argv[1:]:
    with golden('optimizers', 'newtonSchulz') as lines:
        for m, count in ((randn(4, 4), 5), (randn(2, 7), 3), (randn(7, 2), 1), (randn(5, 1) * 80, 5), (torch.zeros(3, 2).double(), 5),
                         (torch.full([3, 3], 1e-30, dtype=torch.float64), 5), (torch.ones(6, 4).double() * 80, 5), (randn(3, 4) * 1e30, 5)):
            lines.append(dict(shape=list(m.shape), steps=count, x=numbers(m), y=numbers(newton_schulz(m, count))))
