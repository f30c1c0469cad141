"""Values and gradients of the activations in float64, one file a function: python3 tools/goldens/activations.py [NAME …]"""
import sys, torch, torch.nn.functional as F
from golden import golden, numbers, randn

INF, NAN = float('inf'), float('nan')


def activation(name, function, options={}, shape=[64], variants=()):
    """The function with the options and the shape under which ours is the same; `variants` are more of such triples."""
    if sys.argv[1:] and name not in sys.argv[1:]:
        return
    with golden('activations', name) as cases:
        for function, options, shape in [(function, options, shape), *variants]:
            points = [0., -0., 1e-30, -1e-30, 1e-4, -1e-4, .5, -.5, 1, -1, 3, -3, 6, -6, 20, -20, 80, -80]
            size = torch.Size(shape).numel()
            x = torch.cat([torch.tensor(points, dtype=torch.float64), randn(size - len(points), scale=3)]).reshape(shape).requires_grad_()
            y = function(x)
            dy = randn(y.numel()).reshape(y.shape)
            (y * dy).sum().backward()
            far = numbers(function(torch.tensor([INF, -INF, NAN], dtype=torch.float64))) if shape == [64] else None
            to = {} if y.shape == x.shape else dict(to=list(y.shape))
            cases.append(dict(options=options, shape=shape, **to, x=numbers(x), dy=numbers(dy), y=numbers(y), dx=numbers(x.grad), far=far))


softmax = lambda axis: lambda x: F.softmax(x, axis)


def sparsemax(x, axis=-1):
    """Algorithm 1 of the paper that sparsemax.ts cites; PyTorch has none."""
    z = x.sort(axis, descending=True).values.movedim(axis, -1)
    k = torch.arange(1, z.shape[-1] + 1, dtype=x.dtype)
    support = (1 + k * z > z.cumsum(-1)).sum(-1, keepdim=True)
    tau = (z.cumsum(-1).gather(-1, support - 1) - 1) / support
    return (x - tau.movedim(-1, axis)).clamp(min=0)


def gated(gate, axis=-1):
    """Half of the entries, scaled by a function of the other half, as in torch.nn.functional.glu."""
    def function(x):
        a, b = x.chunk(2, axis)
        return a * gate(b)
    return function


squareplus = lambda b: lambda x: (x + (x * x + b).sqrt()) / 2
maxout = lambda pieces, axis=-1: lambda x: x.movedim(axis, -1).unflatten(-1, (-1, pieces)).amax(-1).movedim(-1, axis)
standardize = lambda axis=-1, epsilon=1e-5: lambda x: (x - x.mean(axis, True)) / (x.var(axis, correction=0, keepdim=True) + epsilon).sqrt()
prelu = lambda slope: lambda x: torch.where(x > 0, x, x * torch.tensor(slope, dtype=torch.float64))

activation('sigmoid', torch.sigmoid)
activation('tanh', torch.tanh)
activation('relu', F.relu)
activation('silu', F.silu)
activation('gelu', F.gelu)
activation('geluTanh', lambda x: F.gelu(x, approximate='tanh'))
activation('leakyRelu', F.leaky_relu, variants=[(lambda x: F.leaky_relu(x, .2), dict(negativeSlope=.2), [64])])
activation('mish', F.mish)
activation('softmax', softmax(1), shape=[8, 8], variants=[
    (softmax(0), dict(axis=0), [8, 8]), (softmax(1), {}, [64, 1]), (softmax(1), dict(axis=-2), [2, 4, 8])])
activation('logSigmoid', F.logsigmoid)
activation('hardSigmoid', F.hardsigmoid)
activation('hardTanh', F.hardtanh, variants=[(lambda x: F.hardtanh(x, -2, .25), dict(minValue=-2, maxValue=.25), [64])])
activation('relu6', F.relu6)
activation('squaredRelu', lambda x: F.relu(x) ** 2)
activation('elu', F.elu, variants=[(lambda x: F.elu(x, .3), dict(alpha=.3), [64])])
activation('selu', F.selu)
activation('celu', F.celu, variants=[(lambda x: F.celu(x, 2.), dict(alpha=2), [64])])
activation('quickGelu', lambda x: x * torch.sigmoid(1.702 * x))
activation('hardSilu', F.hardswish)
activation('hardMish', lambda x: x / 2 * (x + 2).clamp(0, 2))
activation('softplus', lambda x: F.softplus(x, threshold=1e3), variants=[(lambda x: F.softplus(x, 2.5, threshold=1e3), dict(beta=2.5), [64])])
activation('softsign', F.softsign)
activation('softShrink', F.softshrink, variants=[(lambda x: F.softshrink(x, .1), {'lambda': .1}, [64])])
activation('hardShrink', F.hardshrink, variants=[(lambda x: F.hardshrink(x, .1), {'lambda': .1}, [64])])
activation('tanhShrink', F.tanhshrink)
activation('threshold', lambda x: F.threshold(x, 0, 0), variants=[(lambda x: F.threshold(x, .4, -3), dict(threshold=.4, value=-3), [64])])
activation('squareplus', squareplus(4), variants=[(squareplus(.5), dict(b=.5), [64])])
activation('sparsePlus', lambda x: torch.where(x >= 1, x, torch.where(x <= -1, torch.zeros_like(x), (x + 1) ** 2 / 4)))
activation('sparseSigmoid', lambda x: torch.where(x >= 1, torch.ones_like(x), torch.where(x <= -1, torch.zeros_like(x), (x + 1) / 2)))
activation('exponential', torch.exp)
activation('identity', lambda x: x * 1)
activation('rrelu', lambda x: F.rrelu(x), variants=[(lambda x: F.rrelu(x, .1, .2), dict(lower=.1, upper=.2), [64])])
activation('prelu', prelu(.25), variants=[(prelu(.4), dict(slope=.4), [64]), (prelu(-.3), dict(slope=-.3), [64])])
activation('softmin', lambda x: F.softmin(x, 1), shape=[8, 8], variants=[(lambda x: F.softmin(x, 0), dict(axis=0), [8, 8])])
activation('logSoftmax', lambda x: F.log_softmax(x, 1), shape=[8, 8], variants=[
    (lambda x: F.log_softmax(x, 0), dict(axis=0), [8, 8]), (lambda x: F.log_softmax(x, 1), dict(axis=1), [2, 4, 8])])
activation('sparsemax', sparsemax, shape=[8, 8], variants=[(lambda x: sparsemax(x, 0), dict(axis=0), [8, 8]), (sparsemax, {}, [64, 1])])
activation('standardize', standardize(), shape=[8, 8], variants=[
    (standardize(0, .1), dict(axis=0, epsilon=.1), [8, 8]), (standardize(1), dict(axis=1), [2, 8, 4])])
activation('maxout', maxout(2), shape=[8, 8], variants=[(maxout(4), dict(pieces=4), [8, 8]), (maxout(2, 0), dict(axis=0), [8, 8])])
activation('glu', F.glu, shape=[8, 8], variants=[(lambda x: F.glu(x, 0), dict(axis=0), [8, 8])])
activation('swiglu', gated(F.silu), shape=[8, 8], variants=[(gated(F.silu, 0), dict(axis=0), [8, 8])])
activation('geglu', gated(F.gelu), shape=[8, 8])
activation('reglu', gated(F.relu), shape=[8, 8])
