"""Values and gradients of the activations, in float64 and rounded once: run with `python3 tools/goldens/activations.py`."""
import torch, torch.nn.functional as F
from golden import numbers, write

x = torch.cat([torch.tensor([0.0, -0.0, 1e-30, -1e-30, 1e-4, -1e-4, 0.5, -0.5, 1, -1, 3, -3, 6, -6, 20, -20, 80, -80], dtype=torch.float64),
               torch.randn(46, dtype=torch.float64) * 3]).float().double()
dy = torch.randn(64, dtype=torch.float64).float().double()
functions = dict(
    sigmoid=torch.sigmoid, tanh=torch.tanh, relu=F.relu, silu=F.silu,
    gelu=F.gelu, geluTanh=lambda v: F.gelu(v, approximate='tanh'),
    leakyRelu=F.leaky_relu, leakyReluSteep=lambda v: F.leaky_relu(v, 0.2),
    softmaxRows=lambda v: F.softmax(v.reshape(8, 8), 1), softmaxColumns=lambda v: F.softmax(v.reshape(8, 8), 0),
    softmaxOne=lambda v: F.softmax(v.reshape(64, 1), 1),
)
cases = {}
for name, function in functions.items():
    input = x.clone().requires_grad_()
    y = function(input)
    (y.flatten() * dy).sum().backward()
    cases[name] = dict(x=numbers(x), dy=numbers(dy), y=numbers(y), dx=numbers(input.grad))
write('activations', 'activations', cases)
