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
            dy = randn(size).reshape(shape)
            y = function(x)
            (y * dy).sum().backward()
            far = numbers(function(torch.tensor([INF, -INF, NAN], dtype=torch.float64))) if shape == [64] else None
            cases.append(dict(options=options, shape=shape, x=numbers(x), dy=numbers(dy), y=numbers(y), dx=numbers(x.grad), far=far))


softmax = lambda axis: lambda x: F.softmax(x, axis)

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
