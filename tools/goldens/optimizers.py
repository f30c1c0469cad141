"""Trajectories of parameters, and of learning rates, in float64: run with `python3 tools/goldens/optimizers.py`.

Muon and decoupled decay for SGD are not in PyTorch 1.13: they are written here from their formulas, Muon on PyTorch's
layout [out, in, height, width] and transposed back."""
import math
import torch
from golden import numbers, write

STEPS = 20
KEPT = (1, 2, 3, 10, 20)
SHAPES = dict(scalar=[], bias=[3], kernel=[2, 3], conv=[3, 3, 2, 4])
random = lambda shape: torch.randn(shape, dtype=torch.float64).float().double()
start = {name: random(shape) for name, shape in SHAPES.items()}
gradients = {name: random([STEPS, *shape]) for name, shape in SHAPES.items()}
# Elements whose gradient is always 0, always tiny, ±80 in turn, 80 every third step, and −80 once.
for name in ('bias', 'kernel', 'conv'):
    extreme = gradients[name].reshape(STEPS, -1)
    extreme[:, 0] = 0
    extreme[:, 1] = float(torch.tensor(1e-30).double())
    extreme[:, 2] = 80. * (-1.) ** torch.arange(STEPS)
gradients['conv'].reshape(STEPS, -1)[:, 3] = torch.where(torch.arange(STEPS) % 3 == 0, 80., 0.).double()
gradients['conv'].reshape(STEPS, -1)[:, 4] = torch.where(torch.arange(STEPS) == 0, -80., 0.).double()

short = lambda tensor: [float('%.9g' % value) if not isinstance(value, str) else value for value in numbers(tensor)]
cases = []


def trajectory(optimizer, options, names, make_step):
    """make_step(params) gives a function that takes one step, given its number, with the gradients in .grad."""
    params = {name: torch.nn.Parameter(start[name].clone()) for name in names}
    step = make_step(params)
    kept = []
    for t in range(STEPS):
        for name, p in params.items(): p.grad = gradients[name][t].clone()
        step(t)
        if t + 1 in KEPT: kept.append({name: short(p) for name, p in params.items()})
    cases.append(dict(optimizer=optimizer, options=options, kept=kept))


def with_torch(make, clip=None, schedule=None):
    def make_step(params):
        optimizer = make(params)
        scheduler = schedule and schedule(optimizer)
        def step(t):
            if clip: torch.nn.utils.clip_grad_norm_(params.values(), clip)
            optimizer.step()
            if scheduler: scheduler.step()
        return step
    return make_step


every = list(SHAPES)
o, s = torch.optim, torch.optim.lr_scheduler
SGD = lambda **options: lambda params: o.SGD(params.values(), **options)
add = lambda name, options, make, **extra: trajectory(name, options, every, with_torch(make, **extra))
add('sgd', dict(learningRate=.1), SGD(lr=.1))
add('sgd', dict(learningRate=.1, weightDecay=.05), SGD(lr=.1, weight_decay=.05))
add('sgd', dict(learningRate=.01, momentum=.9), SGD(lr=.01, momentum=.9))
add('sgd', dict(learningRate=.01, momentum=.9, weightDecay=.05), SGD(lr=.01, momentum=.9, weight_decay=.05))
add('sgd', dict(learningRate=.01, momentum=.85, nesterov=True, weightDecay=.05), SGD(lr=.01, momentum=.85, nesterov=True, weight_decay=.05))
only = lambda params, decay: [dict(params=[p for n, p in params.items() if n in ('kernel', 'conv')], weight_decay=decay),
                              dict(params=[p for n, p in params.items() if n not in ('kernel', 'conv')], weight_decay=0)]
add('sgd', dict(learningRate=.01, momentum=.9, nesterov=True, weightDecay=.5, only='kernel$|conv'),
    lambda params: o.SGD(only(params, .5), lr=.01, momentum=.9, nesterov=True))
RMS = lambda **options: lambda params: o.RMSprop(params.values(), **options)
add('rmsProp', dict(), RMS())
add('rmsProp', dict(learningRate=.001, decay=.9, epsilon=1e-5), RMS(lr=.001, alpha=.9, eps=1e-5))
add('rmsProp', dict(learningRate=.001, momentum=.9, weightDecay=.05), RMS(lr=.001, momentum=.9, weight_decay=.05))
add('rmsProp', dict(learningRate=.001, centered=True), RMS(lr=.001, centered=True))
add('rmsProp', dict(learningRate=.001, decay=.95, centered=True, momentum=.5, weightDecay=.05),
    RMS(lr=.001, alpha=.95, centered=True, momentum=.5, weight_decay=.05))
add('adam', dict(), lambda params: o.Adam(params.values()))
add('adam', dict(learningRate=.01, beta1=.8, beta2=.95, epsilon=1e-6), lambda params: o.Adam(params.values(), lr=.01, betas=(.8, .95), eps=1e-6))
add('adam', dict(beta1=0, beta2=0), lambda params: o.Adam(params.values(), betas=(0., 0.)))
add('adamW', dict(), lambda params: o.AdamW(params.values()))
add('adamW', dict(learningRate=.01, beta2=.98, weightDecay=.5), lambda params: o.AdamW(params.values(), lr=.01, betas=(.9, .98), weight_decay=.5))
add('adamW', dict(learningRate=.01, weightDecay=.5, only='kernel$|conv'), lambda params: o.AdamW(only(params, .5), lr=.01))
add('adamW', dict(schedule=['cosineDecay', dict(peak=.05, totalSteps=15)]), lambda params: o.AdamW(params.values(), lr=.05),
    schedule=lambda optimizer: s.LambdaLR(optimizer, lambda t: .5 * (1 + math.cos(math.pi * min(1, t / 15)))))
add('sgd', dict(schedule=['stepDecay', dict(start=.1, factor=.5, at=[3, 9])], momentum=.9), SGD(lr=.1, momentum=.9),
    schedule=lambda optimizer: s.MultiStepLR(optimizer, [3, 9], .5))
add('sgd', dict(learningRate=.1, momentum=.9, maxNorm=2), SGD(lr=.1, momentum=.9), clip=2)
add('adamW', dict(learningRate=.01, maxNorm=1), lambda params: o.AdamW(params.values(), lr=.01), clip=1)
# No clipping happens below the limit.
add('sgd', dict(learningRate=.1, maxNorm=1e4), SGD(lr=.1))


def decoupled(lr, momentum, nesterov, decay):
    def make_step(params):
        plain = o.SGD(params.values(), lr=lr, momentum=momentum, nesterov=nesterov)
        def step(t):
            with torch.no_grad():
                for p in params.values(): p.mul_(1 - lr * decay)
            plain.step()
        return step
    return make_step

trajectory('sgd', dict(learningRate=.01, momentum=.9, nesterov=True, weightDecay=.5, decoupled=True), every, decoupled(.01, .9, True, .5))


def newton_schulz(g, steps):
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g / (g.norm() + 1e-7)
    flip = x.shape[0] > x.shape[1]
    if flip: x = x.T
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if flip else x


def muon(lr, momentum=.95, nesterov=True, steps=5, normalize=False, decay=0., scale=lambda out, fan_in: 1., rate=lambda t: 1.):
    def make_step(params):
        buffers = {name: torch.zeros_like(p) for name, p in params.items()}
        def step(t):
            eta = lr * rate(t)
            with torch.no_grad():
                for name, p in params.items():
                    buffers[name].mul_(momentum).add_(p.grad)
                    u = p.grad + momentum * buffers[name] if nesterov else buffers[name]
                    to_torch = lambda w: w.movedim(-1, 0)  # [..., in, out] -> [out, ..., in]
                    matrix = to_torch(u).reshape(u.shape[-1], -1)
                    if normalize: p.mul_(p.shape[-1] ** .5 / p.norm())
                    p.mul_(1 - eta * decay)
                    x = newton_schulz(matrix, steps).reshape(to_torch(u).shape).movedim(0, -1)
                    p.sub_(eta * scale(*matrix.shape) * x)
        return step
    return make_step

matrices = ['kernel', 'conv']
trajectory('muon', dict(), matrices, muon(.02))
trajectory('muon', dict(learningRate=.24, momentum=.6, newtonSchulzSteps=3, normalizeWeights=True), matrices, muon(.24, .6, True, 3, True))
trajectory('muon', dict(schedule=['linear', dict(start=.24, totalSteps=20)], momentum=.6, newtonSchulzSteps=3, normalizeWeights=True), matrices,
           muon(.24, .6, True, 3, True, rate=lambda t: 1 - t / 20))
trajectory('muon', dict(learningRate=.02, nesterov=False, weightDecay=.5), matrices, muon(.02, nesterov=False, decay=.5))
trajectory('muon', dict(learningRate=.02, momentum=.9, scale='aspect', weightDecay=.01), matrices,
           muon(.02, .9, decay=.01, scale=lambda out, fan_in: max(1., out / fan_in) ** .5))
trajectory('muon', dict(learningRate=.02, scale='rms', normalizeWeights=True, weightDecay=.5), matrices,
           muon(.02, normalize=True, decay=.5, scale=lambda out, fan_in: .2 * max(out, fan_in) ** .5))


def rates(make, initial, steps):
    optimizer = o.SGD([torch.nn.Parameter(torch.zeros(1))], lr=initial)
    scheduler = make(optimizer)
    values = []
    for _ in range(steps):
        values.append(optimizer.param_groups[0]['lr'])
        optimizer.step(); scheduler.step()
    return values


schedules = [
    ('constant', .3, rates(lambda opt: s.ConstantLR(opt, 1.), .3, 5)),
    ('stepDecay', dict(start=.5, factor=.3, every=4), rates(lambda opt: s.StepLR(opt, 4, .3), .5, 20)),
    ('stepDecay', dict(start=.5, at=[0, 3, 9]), rates(lambda opt: s.MultiStepLR(opt, [3, 9]), .05, 20)),
    ('linear', dict(start=.1, end=.7, totalSteps=7), rates(lambda opt: s.LinearLR(opt, .1 / 1., .7 / 1., 7), 1., 20)),
    ('linear', dict(start=.4, totalSteps=9), rates(lambda opt: s.LinearLR(opt, 1., 0., 9), .4, 20)),
    ('cosineDecay', dict(peak=.5, totalSteps=12), rates(lambda opt: s.CosineAnnealingLR(opt, 12), .5, 13)),
    ('cosineDecay', dict(peak=.5, end=.1, totalSteps=12), rates(lambda opt: s.CosineAnnealingLR(opt, 12, .1), .5, 13)),
    ('cosineWarmRestarts', dict(peak=.5, period=5), rates(lambda opt: s.CosineAnnealingWarmRestarts(opt, 5), .5, 24)),
    ('cosineWarmRestarts', dict(peak=.5, end=.02, period=3, growth=2), rates(lambda opt: s.CosineAnnealingWarmRestarts(opt, 3, 2, .02), .5, 24)),
    ('oneCycle', dict(peak=.8, totalSteps=20), rates(lambda opt: s.OneCycleLR(opt, .8, 20, cycle_momentum=False), .1, 20)),
    ('oneCycle', dict(peak=.8, totalSteps=17, rising=.41, start=.2, end=.004, shape='linear'),
     rates(lambda opt: s.OneCycleLR(opt, .8, 17, pct_start=.41, anneal_strategy='linear', div_factor=4, final_div_factor=50, cycle_momentum=False), .1, 17)),
    ('warmup', dict(peak=.5, totalSteps=8, steps=4),
     rates(lambda opt: s.SequentialLR(opt, [s.LinearLR(opt, .25, 1., 3), s.CosineAnnealingLR(opt, 8)], [4]), .5, 12)),
]
write('optimizers', 'optimizers', dict(
    shapes=SHAPES, kept=list(KEPT), start={n: numbers(v) for n, v in start.items()}, gradients={n: numbers(v) for n, v in gradients.items()},
    trajectories=cases, schedules=[dict(schedule=n, options=options, values=values) for n, options, values in schedules],
    newtonSchulz=[dict(shape=list(m.shape), steps=n, x=numbers(m), y=short(newton_schulz(m, n)))
                  for m, n in ((random([4, 4]), 5), (random([2, 7]), 3), (random([7, 2]), 1), (random([5, 1]) * 80, 5), (torch.zeros(3, 2).double(), 5),
                               (torch.full([3, 3], float(torch.tensor(1e-30).double())).double(), 5), (torch.ones(6, 4).double() * 80, 5))]))
