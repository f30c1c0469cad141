"""Values and gradients of the layers in float64, a file a layer: run with `python3 tools/goldens/layers.py`.

Parameters are leaves in this project's layout (dense [in, out], convolution [height, width, in, out], images [batch, height,
width, channels]), so that their gradients come in it too."""
import math
import torch, torch.nn as nn, torch.nn.functional as F
from torch.nn.utils.stateless import functional_call
from golden import numbers, randn as r, rounded, save, seeded

tensor = lambda t: dict(shape=list(t.shape), values=numbers(t))
leaf = lambda t: t.clone().requires_grad_()
files = {}  # name -> (seed, cases)


def add(layer, f, x, params=None, options=None, training=True, frozen=(), inputs=None, step=None):
    """f(x, params) -> y; parameters named in `frozen` are running statistics, which f changes in place. `inputs` has further
    inputs by name, without gradients. The first case of a layer is its sample in the tests of all layers, with `step` for its
    finite differences."""
    params = params or {}
    given = {name: tensor(p) for name, p in params.items()}
    x = leaf(x)
    p = {name: value.clone() if name in frozen else leaf(value) for name, value in params.items()}
    y = f(x, p)
    dy = r(*y.shape)
    (y * dy).sum().backward()
    case = dict(layer=layer, options=options or {}, training=training, params=given, x=tensor(x), y=tensor(y), dy=tensor(dy), dx=tensor(x.grad),
                gradients={name: tensor(torch.zeros_like(v) if v.grad is None else v.grad) for name, v in p.items() if name not in frozen},
                after={name: tensor(v) for name, v in p.items() if name in frozen})
    if inputs: case['inputs'] = {name: tensor(value) for name, value in inputs.items()}
    if step: case['step'] = step
    files.setdefault(layer, (section, []))[1].append(case)


def begin(name):
    """A separate stream for the cases that follow, so that new cases elsewhere change nothing here."""
    global section
    section = seeded(name)


nchw = lambda x: x.permute(0, 3, 1, 2)
nhwc = lambda x: x.permute(0, 2, 3, 1)
pair = lambda v: list(v) if isinstance(v, (list, tuple)) else [v, v]
bias = lambda y, p: y + p['bias'] if 'bias' in p else y


def pad_same(x, kernel, strides, dilations, value=0.):
    """x [batch, channels, height, width]: as many outputs as ⌈size/stride⌉, the odd zero behind."""
    amounts = []
    for size, k, s, d in zip(x.shape[2:], kernel, strides, dilations):
        total = max((math.ceil(size / s) - 1) * s + d * (k - 1) + 1 - size, 0)
        amounts.append((total // 2, total - total // 2))
    (top, bottom), (left, right) = amounts
    return F.pad(x, (left, right, top, bottom), value=value)


# dense
begin('dense')
for shape, options in (((4, 5), {}), ((1, 5), {}), ((2, 3, 5), {}), ((3, 5), dict(bias=False))):
    params = dict(kernel=r(5, 3), **({} if 'bias' in options else dict(bias=r(3))))
    add('dense', lambda x, p: bias(x @ p['kernel'], p), r(*shape), params, dict(options, inFeatures=5, outFeatures=3))
add('dense', lambda x, p: bias(x @ p['kernel'], p), r(3, 1) * 80, dict(kernel=r(1, 1), bias=r(1)), dict(inFeatures=1, outFeatures=1))

# conv2d, depthwiseConv2d
begin('conv2d')
convolutions = [
    ((2, 5, 6, 3), dict(kernelSize=3)), ((1, 5, 6, 3), dict(kernelSize=3, padding='valid')), ((2, 4, 4, 1), dict(kernelSize=2, padding='valid')),
    ((2, 5, 6, 2), dict(kernelSize=3, strides=2)), ((2, 6, 6, 2), dict(kernelSize=3, strides=2)), ((2, 7, 6, 2), dict(kernelSize=3, strides=2, padding='valid')),
    ((2, 4, 5, 3), dict(kernelSize=1, bias=False)), ((1, 5, 6, 2), dict(kernelSize=[3, 2])), ((1, 5, 6, 2), dict(kernelSize=[2, 1], strides=[2, 2])),
    ((2, 7, 6, 2), dict(kernelSize=3, dilations=2)), ((2, 7, 6, 2), dict(kernelSize=3, dilations=2, padding='valid')),
    ((1, 8, 9, 1), dict(kernelSize=[2, 3], dilations=[3, 2])), ((1, 1, 1, 2), dict(kernelSize=3)),
    ((1, 6, 6, 2), dict(kernelSize=3, strides=2, padding=1)), ((1, 5, 4, 2), dict(kernelSize=[3, 2], padding=[2, 0])), ((1, 7, 6, 2), dict(kernelSize=3, dilations=2, padding=1)),
]
for shape, options in convolutions:
    kernel, strides, dilations = (pair(options.get(name, 1)) for name in ('kernelSize', 'strides', 'dilations'))
    def padded(x):
        amount = options.get('padding', 'same')
        if amount == 'valid': return nchw(x)
        if amount == 'same': return pad_same(nchw(x), kernel, strides, dilations)
        return F.pad(nchw(x), [pair(amount)[1]] * 2 + [pair(amount)[0]] * 2)
    channels = shape[3]
    def convolve(x, p):
        return bias(nhwc(F.conv2d(padded(x), p['kernel'].permute(3, 2, 0, 1), None, strides, 0, dilations)), p)
    with_bias = options.get('bias', True)
    add('conv2d', convolve, r(*shape), dict(kernel=r(*kernel, channels, 4), **(dict(bias=r(4)) if with_bias else {})),
        dict(options, inChannels=channels, outChannels=4))
    if strides[0] != strides[1]: continue
    for multiplier in (1, 2):
        def depthwise(x, p):
            k = p['kernel'].permute(2, 3, 0, 1).reshape(channels * multiplier, 1, *kernel)
            return bias(nhwc(F.conv2d(padded(x), k, None, strides, 0, dilations, channels)), p)
        add('depthwiseConv2d', depthwise, r(*shape), dict(kernel=r(*kernel, channels, multiplier), **(dict(bias=r(channels * multiplier)) if with_bias else {})),
            dict(options, channels=channels, multiplier=multiplier))

# maxPool2d, averagePool2d, globalAveragePool, flatten
begin('maxPool2d')
pools = [((2, 4, 6, 3), {}), ((1, 5, 7, 2), {}), ((1, 5, 7, 2), dict(poolSize=3, strides=2)), ((2, 5, 4, 1), dict(poolSize=2, padding='same')),
         ((1, 3, 3, 2), dict(poolSize=3)), ((1, 6, 5, 2), dict(poolSize=[3, 2], strides=1, padding='same')), ((1, 6, 6, 2), dict(poolSize=3, strides=2, padding=1))]
for shape, options in pools:
    size = pair(options.get('poolSize', 2)); strides = pair(options.get('strides', size))
    same = options.get('padding') == 'same'
    extra = 0 if isinstance(options.get('padding', 'valid'), str) else options['padding']
    pad = lambda x, value: pad_same(nchw(x), size, strides, [1, 1], value) if same else F.pad(nchw(x), [extra] * 4, value=value)
    add('maxPool2d', lambda x, p: nhwc(F.max_pool2d(pad(x, -math.inf), size, strides)), r(*shape), None, options, step=.01)
    mean = lambda x: F.avg_pool2d(pad(x, 0.), size, strides)
    add('averagePool2d', lambda x, p: nhwc(mean(x) / mean(torch.ones_like(x))), r(*shape), None, options)
add('globalAveragePool', lambda x, p: x.mean((1, 2)), r(2, 3, 4, 5))
add('globalAveragePool', lambda x, p: x.mean(1), r(2, 3, 5))
add('flatten', lambda x, p: x.reshape(2, -1), r(2, 3, 4))

# batchNorm
begin('batchNorm')
norms = [((6, 3), {}), ((2, 3, 4, 3), {}), ((1, 4, 4, 1), {}), ((5, 2, 2), dict(gamma=False, epsilon=1e-12, momentum=.4)), ((4, 2), dict(beta=False)),
         ((4, 2), dict(gamma=False, beta=False, momentum=1.))]
for shape, options in norms:
    channels = shape[-1]
    affine = dict(**(dict(gamma=r(channels)) if options.get('gamma', True) else {}), **(dict(beta=r(channels)) if options.get('beta', True) else {}))
    statistics = dict(runningMean=r(channels), runningVariance=r(channels).abs() + .1)
    for training in (True, False):
        for scale in (1, 80):
            def normalize(x, p):
                flat = x.reshape(-1, channels)
                y = F.batch_norm(flat, p['runningMean'], p['runningVariance'], p.get('gamma'), p.get('beta'), training, options.get('momentum', .1), options.get('epsilon', 1e-5))
                return y.reshape(x.shape)
            add('batchNorm', normalize, r(*shape) * scale, dict(**affine, **statistics), dict(options, channels=channels), training, ('runningMean', 'runningVariance'))
constant = torch.ones(4, 2, dtype=torch.float64) * 3
add('batchNorm', lambda x, p: F.batch_norm(x, p['runningMean'], p['runningVariance'], p['gamma'], p['beta'], True), constant,
    dict(gamma=r(2), beta=r(2), runningMean=r(2), runningVariance=r(2).abs()), dict(channels=2), True, ('runningMean', 'runningVariance'))

# layerNorm
begin('layerNorm')
for shape, options in (((2, 3, 8), {}), ((1, 4), {}), ((3, 1), {}), ((2, 2, 2, 6), dict(epsilon=1e-3))):
    for scale in (1, 80, 0):
        features = shape[-1]
        add('layerNorm', lambda x, p: F.layer_norm(x, [features], p['gamma'], p['beta'], options.get('epsilon', 1e-5)), r(*shape) * scale,
            dict(gamma=r(features), beta=r(features)), dict(options, features=features), step=.03)

# groupNorm
begin('groupNorm')
for shape, groups, scale in (((2, 3, 4, 6), 2, 1), ((2, 5, 6), 6, 40), ((3, 4), 1, 1)):
    add('groupNorm', lambda x, p: F.group_norm(x.movedim(-1, 1), groups, p['gamma'], p['beta']).movedim(1, -1), r(*shape) * scale,
        dict(gamma=r(shape[-1]), beta=r(shape[-1])), dict(channels=shape[-1], groups=groups), step=.03)

# multiHeadAttention, against PyTorch's module
begin('multiHeadAttention')
for batch, tokens, features, heads, scale in ((2, 5, 6, 2, 1), (1, 1, 4, 4, 1), (2, 3, 4, 1, 1), (1, 4, 4, 2, 20)):
    module = nn.MultiheadAttention(features, heads, batch_first=True).double()
    parts = ('query', 'key', 'value', 'output')
    def attend(x, p):
        weights = dict(in_proj_weight=torch.cat([p[part + '.kernel'].T for part in parts[:3]]), in_proj_bias=torch.cat([p[part + '.bias'] for part in parts[:3]]))
        weights.update({'out_proj.weight': p['output.kernel'].T, 'out_proj.bias': p['output.bias']})
        return functional_call(module, weights, (x, x, x))[0]
    params = {}
    for part in parts: params.update({part + '.kernel': r(features, features), part + '.bias': r(features)})
    add('multiHeadAttention', attend, r(batch, tokens, features) * scale, params, dict(features=features, heads=heads))

# lstm, gru, against PyTorch's operations
begin('lstm')
outputs = dict(all=lambda h: h, last=lambda h: h[:, -1], mean=lambda h: h.mean(1))
for batch, time, features, units, scale in ((3, 4, 5, 2, 1), (1, 1, 2, 3, 1), (2, 6, 1, 1, 1), (2, 5, 3, 4, 80)):
    for name, pick in outputs.items():
        options = dict(inFeatures=features, units=units, output=name)
        zeros = lambda *shape: torch.zeros(*shape, dtype=torch.float64)
        state = zeros(1, batch, units)
        rest = (True, 1, 0., True, False, True)  # biases, layers, dropout, training, both directions, batch first
        def run_lstm(x, p):
            weights = [p['input.kernel'].T, p['recurrent.kernel'].T, p['input.bias'], zeros(4 * units)]
            return pick(torch.lstm(x, (state, state), weights, *rest)[0])
        add('lstm', run_lstm, r(batch, time, features) * scale, {'input.kernel': r(features, 4 * units), 'input.bias': r(4 * units), 'recurrent.kernel': r(units, 4 * units)}, options)
        def run_gru(x, p):
            weights = [p['input.kernel'].T, p['recurrent.kernel'].T, p['input.bias'], torch.cat([zeros(2 * units), p['recurrent.bias']])]
            return pick(torch.gru(x, state, weights, *rest)[0])
        add('gru', run_gru, r(batch, time, features) * scale,
            {'input.kernel': r(features, 3 * units), 'input.bias': r(3 * units), 'recurrent.kernel': r(units, 3 * units), 'recurrent.bias': r(units)}, options)

# patchEmbedding, positions
begin('patchEmbedding')
for size, patch, channels in ((4, 2, 3), (6, 3, 1), (4, 4, 2), (3, 1, 2)):
    def patches(x, p):
        kernel = p['kernel'].reshape(patch, patch, channels, 5).permute(3, 2, 0, 1)
        return F.conv2d(nchw(x), kernel, p['bias'], patch).flatten(2).transpose(1, 2)
    add('patchEmbedding', patches, r(2, size, size + patch, channels), dict(kernel=r(patch * patch * channels, 5), bias=r(5)),
        dict(patchSize=patch, inChannels=channels, features=5))
add('learnedPositions', lambda x, p: x + p['embedding'], r(2, 3, 4), dict(embedding=r(3, 4)), dict(tokens=3, features=4))
for height, width, features in ((2, 3, 8), (1, 4, 16), (8, 8, 32)):
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing='ij')
    omega = 1. / (10000 ** (torch.arange(features // 4, dtype=torch.float64) / (features // 4 - 1)))
    angle = lambda at: at.flatten().double()[:, None] * omega[None]
    table = torch.cat([angle(columns).sin(), angle(columns).cos(), angle(rows).sin(), angle(rows).cos()], 1)
    add('sinCosPositions2d', lambda x, p: x + table, torch.zeros(1, height * width, features, dtype=torch.float64), None, dict(height=height, width=width, features=features))

# dropout outside training; what it draws in training is tested by its statistics
begin('dropout')
add('dropout', lambda x, p: x * 1, r(3, 4), None, dict(rate=.5), False)

# activations behind batchNorm, dense and conv2d; values up to ±80 in front of them
begin('activations')
activations = dict(relu=F.relu, silu=F.silu, gelu=F.gelu, geluTanh=lambda x: F.gelu(x, approximate='tanh'))
if torch.__version__.startswith('1.'): activations['geluTanh'] = lambda x: x / 2 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + .044715 * x ** 3)))
for name, f in activations.items():
    for shape, options, scale in (((6, 3), {}, 1), ((2, 3, 4, 3), {}, 40), ((1, 4, 4, 1), dict(gamma=False, epsilon=1e-12), 1), ((4, 2), dict(beta=False), 40), ((1, 3), {}, 80)):
        channels = shape[-1]
        affine = dict(**(dict(gamma=r(channels) * scale) if options.get('gamma', True) else {}), **(dict(beta=r(channels) * scale) if options.get('beta', True) else {}))
        statistics = dict(runningMean=r(channels), runningVariance=r(channels).abs() + .1)
        for training in (True, False):
            def normalize(x, p):
                moments = (x.mean(tuple(range(x.dim() - 1))), x.var(tuple(range(x.dim() - 1)), False)) if training else (p['runningMean'], p['runningVariance'])
                y = f((x - moments[0]) / (moments[1] + options.get('epsilon', 1e-5)).sqrt() * p.get('gamma', 1.) + p.get('beta', 0.))
                n = x.numel() // channels
                if training:
                    p['runningMean'].mul_(.9).add_(.1 * moments[0].detach())
                    p['runningVariance'].mul_(.9).add_(.1 * moments[1].detach() * (n / max(n - 1, 1)))
                return y
            add('batchNorm', normalize, r(*shape), dict(**affine, **statistics), dict(options, channels=channels, activation=name), training, ('runningMean', 'runningVariance'))
    for scale in (1, 80):
        add('dense', lambda x, p: f(x @ p['kernel'] + p['bias']), r(4, 5) * scale, dict(kernel=r(5, 3), bias=r(3)), dict(inFeatures=5, outFeatures=3, activation=name))
        for shape, options in (((2, 5, 6, 2), dict(kernelSize=3)), ((1, 5, 4, 2), dict(kernelSize=3, strides=2, padding='valid', bias=False)), ((1, 7, 6, 2), dict(kernelSize=3, dilations=2))):
            d, s = pair(options.get('dilations', 1)), pair(options.get('strides', 1))
            padded = (lambda x: nchw(x)) if 'padding' in options else (lambda x: pad_same(nchw(x), [3, 3], s, d))
            add('conv2d', lambda x, p: f(bias(nhwc(F.conv2d(padded(x), p['kernel'].permute(3, 2, 0, 1), None, s, 0, d)), p)), r(*shape) * scale,
                dict(kernel=r(3, 3, 2, 4), **(dict(bias=r(4)) if 'bias' not in options else {})), dict(options, inChannels=2, outChannels=4, activation=name))

# bidirectional, against PyTorch's operations, whose second bias of the reset and update gates is zero here
begin('bidirectional')
for cell, gates in (('lstm', 4), ('gru', 3)):
    for batch, time, features, units, scale in ((3, 4, 5, 2, 1), (1, 1, 2, 3, 1), (2, 5, 3, 4, 80)):
        zeros = lambda *shape: torch.zeros(*shape, dtype=torch.float64)
        def both(x, p):
            weights, state, rest = [], zeros(2, batch, units), (True, 1, 0., True, True, True)
            for name in ('forward', 'backward'):
                second = torch.cat([zeros(2 * units), p[name + '.recurrent.bias']]) if cell == 'gru' else zeros(4 * units)
                weights += [p[name + '.input.kernel'].T, p[name + '.recurrent.kernel'].T, p[name + '.input.bias'], second]
            return torch.lstm(x, (state, state), weights, *rest)[0] if cell == 'lstm' else torch.gru(x, state, weights, *rest)[0]
        params = {}
        for name in ('forward', 'backward'):
            params.update({name + '.input.kernel': r(features, gates * units), name + '.input.bias': r(gates * units), name + '.recurrent.kernel': r(units, gates * units)})
            if cell == 'gru': params[name + '.recurrent.bias'] = r(units)
        add('bidirectional', both, r(batch, time, features) * scale, params, dict(cell=cell, inFeatures=features, units=units))

# shiftedPatchEmbedding: copies by padding and cropping, patches by unfold
begin('shiftedPatchEmbedding')
for size, patch, channels, scale in ((4, 2, 3, 1), (8, 4, 1, 1), (4, 4, 2, 40)):
    inside = 5 * patch * patch * channels
    def shifted(x, p):
        h, n, wide = patch // 2, nchw(x), size + patch
        copies = torch.cat([n] + [F.pad(n, pad) for pad in ((-h, h, -h, h), (h, -h, -h, h), (-h, h, h, -h), (h, -h, h, -h))], 1)
        columns = F.unfold(copies, patch, stride=patch)  # [batch, channels·patch², patches]
        tokens = columns.reshape(len(x), 5 * channels, patch * patch, -1).permute(0, 3, 2, 1).flatten(2)
        return F.layer_norm(tokens, [inside], p['norm.gamma'], p['norm.beta']) @ p['project.kernel'] + p['project.bias']
    add('shiftedPatchEmbedding', shifted, r(2, size, size + patch, channels) * scale,
        {'norm.gamma': r(inside), 'norm.beta': r(inside), 'project.kernel': r(inside, 5), 'project.bias': r(5)}, dict(patchSize=patch, inChannels=channels, features=5), step=.03)

# localitySelfAttention
begin('localitySelfAttention')
for batch, tokens, features, heads, scale in ((2, 5, 6, 2, 1), (1, 1, 4, 4, 1), (2, 3, 4, 1, 1), (1, 4, 4, 2, 4)):
    def locally(x, p):
        q, k, v = ((x @ p[part + '.kernel'] + p[part + '.bias']).reshape(*x.shape[:2], heads, -1).transpose(1, 2) for part in ('query', 'key', 'value'))
        scores = q @ k.transpose(2, 3) * p['temperature.scale'][:, None, None]
        if tokens > 1: scores = scores.masked_fill(torch.eye(tokens, dtype=torch.bool), -math.inf)
        return (scores.softmax(-1) @ v).transpose(1, 2).flatten(2) @ p['output.kernel'] + p['output.bias']
    params = {'temperature.scale': r(heads)}
    for part in ('query', 'key', 'value', 'output'): params.update({part + '.kernel': r(features, features), part + '.bias': r(features)})
    add('localitySelfAttention', locally, r(batch, tokens, features) * scale, params, dict(features=features, heads=heads))

# dropPath outside training; what it draws in training is tested by its statistics
add('dropPath', lambda x, p: x * 1, r(3, 4, 2), None, dict(rate=.5), False)

# attention, against PyTorch's operation: other keys than queries, and padding
begin('attention')
for batch, queries, keys, features, key_features, heads, masked in ((2, 3, 4, 6, 6, 2, False), (2, 3, 5, 4, 3, 2, True), (1, 1, 1, 4, 4, 4, False), (2, 4, 4, 4, 4, 1, True)):
    parts = ('query', 'key', 'value', 'output')
    key, value = r(batch, keys, key_features), r(batch, keys, key_features)
    mask = torch.ones(batch, keys, dtype=torch.float64)
    if masked: mask[0, keys - 2:] = 0; mask[1, 0] = 0
    def cross(x, p):
        q, k, v = (t @ p[part + '.kernel'] + p[part + '.bias'] for part, t in zip(parts, (x, key, value)))
        heads_of = lambda t: t.reshape(*t.shape[:2], heads, -1).transpose(1, 2)
        mixed = F.scaled_dot_product_attention(heads_of(q), heads_of(k), heads_of(v), attn_mask=(mask != 0)[:, None, None, :])
        return mixed.transpose(1, 2).flatten(2) @ p['output.kernel'] + p['output.bias']
    params = {}
    for part in parts: params.update({part + '.kernel': r(key_features if part in ('key', 'value') else features, features), part + '.bias': r(features)})
    add('attention', cross, r(batch, queries, features), params, dict(features=features, heads=heads, keyFeatures=key_features), inputs=dict(key=key, value=value, mask=mask))

# prelu, and rrelu outside training; what rrelu draws in training is tested by its range
begin('prelu')
for shape, options in (((4, 3), dict(channels=3)), ((2, 3, 4, 5), dict(channels=5)), ((2, 5, 3), {}), ((3, 1), dict(channels=1))):
    add('prelu', lambda x, p: F.prelu(x.movedim(-1, 1), p['slope']).movedim(1, -1), r(*shape), dict(slope=r(options.get('channels', 1))), options)
begin('rrelu')
for shape, options in (((3, 4), {}), ((2, 3, 4, 2), dict(lower=-.1, upper=.5)), ((2, 3), dict(lower=.2, upper=.2))):
    add('rrelu', lambda x, p: F.rrelu(x, options.get('lower', 1 / 8), options.get('upper', 1 / 3)), r(*shape), None, options, False)

# convolutions of groups, of sequences and of volumes; strides with dilations
begin('groups')
def padded_by(x, padding, kernel, strides, dilations):
    """x [batch, channels, ...positions] with the zeros of an option `padding`."""
    if padding == 'valid': return x
    ends = []
    for i, (size, k, s, d) in enumerate(zip(x.shape[2:], kernel, strides, dilations)):
        if padding == 'same':
            total = max((math.ceil(size / s) - 1) * s + d * (k - 1) + 1 - size, 0)
            ends = [total // 2, total - total // 2] + ends
        else: ends = [padding[i] if isinstance(padding, list) else padding] * 2 + ends
    return F.pad(x, ends)


def add_convolution(layer, shape, options, out):
    """`shape` channels last; kernel [...size, inChannels/groups, outChannels]."""
    n, channels, groups = len(shape) - 2, shape[-1], options.get('groups', 1)
    every = lambda v: list(v) if isinstance(v, list) else [v] * n
    kernel, strides, dilations = (every(options.get(name, 1)) for name in ('kernelSize', 'strides', 'dilations'))
    run = [F.conv1d, F.conv2d, F.conv3d][n - 1]
    def convolve(x, p):
        x = padded_by(x.movedim(-1, 1), options.get('padding', 'same'), kernel, strides, dilations)
        return bias(run(x, p['kernel'].movedim((-1, -2), (0, 1)), None, strides, 0, dilations, groups).movedim(1, -1), p)
    with_bias = {} if options.get('bias') is False else dict(bias=r(out))
    add(layer, convolve, r(*shape), dict(kernel=r(*kernel, channels // groups, out), **with_bias), dict(options, inChannels=channels, outChannels=out))


for shape, options, out in (
    ((2, 5, 6, 4), dict(kernelSize=3, groups=2), 6), ((2, 5, 6, 4), dict(kernelSize=3, groups=4, bias=False), 8), ((1, 5, 6, 4), dict(kernelSize=[3, 2], strides=[2, 1], padding=[1, 0], groups=4), 4),
    ((1, 7, 6, 4), dict(kernelSize=3, dilations=2, groups=2), 4), ((1, 8, 9, 2), dict(kernelSize=3, strides=2, dilations=2), 2), ((1, 9, 8, 1), dict(kernelSize=2, strides=[3, 1], dilations=[2, 1], padding=1), 2)):
    add_convolution('conv2d', shape, options, out)
for shape, options, out in (
    ((2, 7, 3), dict(kernelSize=3), 4), ((1, 8, 2), dict(kernelSize=3, strides=2, padding=1), 4), ((1, 9, 4), dict(kernelSize=3, dilations=2, groups=2), 4),
    ((2, 6, 2), dict(kernelSize=2, padding='valid', bias=False), 4), ((1, 9, 4), dict(kernelSize=3, strides=2, groups=4), 4), ((1, 9, 2), dict(kernelSize=3, strides=2, dilations=2), 4)):
    add_convolution('conv1d', shape, options, out)
for shape, options, out in (
    ((2, 3, 4, 3, 2), dict(kernelSize=2), 4), ((1, 4, 5, 4, 1), dict(kernelSize=3, strides=2, padding=1), 2), ((1, 3, 3, 4, 4), dict(kernelSize=[2, 1, 2], padding='valid', groups=2, bias=False), 4),
    ((1, 6, 4, 4, 2), dict(kernelSize=[3, 2, 2], strides=[2, 1, 1], dilations=[2, 1, 2], padding=[2, 0, 1]), 2)):
    add_convolution('conv3d', shape, options, out)
begin('separableConv2d')
for shape, options, multiplier in (((2, 5, 6, 3), dict(kernelSize=3), 2), ((1, 6, 6, 2), dict(kernelSize=3, strides=2, padding=1, bias=False), 1), ((1, 8, 9, 2), dict(kernelSize=3, strides=2, dilations=2), 1)):
    channels = shape[3]
    kernel, strides, dilations = (pair(options.get(name, 1)) for name in ('kernelSize', 'strides', 'dilations'))
    def separable(x, p):
        filters = p['depthwise.kernel'].permute(2, 3, 0, 1).reshape(channels * multiplier, 1, *kernel)
        z = F.conv2d(padded_by(nchw(x), options.get('padding', 'same'), kernel, strides, dilations), filters, None, strides, 0, dilations, channels)
        y = nhwc(F.conv2d(z, p['pointwise.kernel'].permute(3, 2, 0, 1)))
        return y + p['pointwise.bias'] if 'pointwise.bias' in p else y
    with_bias = {} if options.get('bias') is False else {'pointwise.bias': r(4)}
    add('separableConv2d', separable, r(*shape), {'depthwise.kernel': r(*kernel, channels, multiplier), 'pointwise.kernel': r(1, 1, channels * multiplier, 4), **with_bias},
        dict(options, inChannels=channels, outChannels=4, multiplier=multiplier))
begin('depthwiseConv2d with strides and dilations')
def strided(x, p):
    k = p['kernel'].permute(2, 3, 0, 1).reshape(4, 1, 3, 3)
    return bias(nhwc(F.conv2d(padded_by(nchw(x), 'same', [3, 3], [2, 2], [2, 2]), k, None, 2, 0, 2, 2)), p)
add('depthwiseConv2d', strided, r(1, 8, 9, 2), dict(kernel=r(3, 3, 2, 2), bias=r(4)), dict(kernelSize=3, strides=2, dilations=2, channels=2, multiplier=2))
# layers of layers: of the same dense layers in the tests
begin('branches')
linear = lambda x, p, name: x @ p[name + '.kernel'] + p[name + '.bias']
pair_of = lambda first, second: {'0.kernel': r(4, first), '0.bias': r(first), '1.kernel': r(4, second), '1.bias': r(second)}
add('concatenate', lambda x, p: torch.cat([linear(x, p, '0'), linear(x, p, '1')], -1), r(2, 4), pair_of(3, 2))
add('add', lambda x, p: linear(x, p, '0') + linear(x, p, '1'), r(2, 4), pair_of(3, 3))
add('multiply', lambda x, p: linear(x, p, '0') * linear(x, p, '1'), r(2, 4), pair_of(3, 3))
add('residual', lambda x, p: x + linear(x, p, 'body'), r(2, 4), {'body.kernel': r(4, 4), 'body.bias': r(4)})
add('residual', lambda x, p: linear(x, p, 'shortcut') + linear(x, p, 'body'), r(2, 4),
    {'body.kernel': r(4, 3), 'body.bias': r(3), 'shortcut.kernel': r(4, 3), 'shortcut.bias': r(3)}, dict(shortcut=True))
add('timeDistributed', lambda x, p: x @ p['kernel'] + p['bias'], r(2, 3, 4), dict(kernel=r(4, 3), bias=r(3)))

# bilinear, against PyTorch's operation
begin('bilinear')
for shape, second, out, with_bias in (((3, 4), 3, 2, True), ((2, 2, 3), 2, 4, False), ((1, 1), 1, 1, True)):
    right = r(*shape[:-1], second)
    add('bilinear', lambda x, p: F.bilinear(x, right, p['kernel'].permute(2, 0, 1), p.get('bias')), r(*shape),
        dict(kernel=r(shape[-1], second, out), **(dict(bias=r(out)) if with_bias else {})),
        dict(leftFeatures=shape[-1], rightFeatures=second, outFeatures=out, **({} if with_bias else dict(bias=False))), inputs=dict(right=right))

# embedding, against PyTorch's: the ids are x
begin('embedding')
for ids, size, options in (([[1, 3, 1], [0, 4, 2]], 5, {}), ([[0, 2], [2, 0]], 3, dict(paddingIndex=0)), ([1, 0], 2, {}), ([[[3]]], 4, dict(paddingIndex=3))):
    ids, table = torch.tensor(ids), r(size, 3)
    if 'paddingIndex' in options: table[options['paddingIndex']] = 0
    table = leaf(table)
    y = F.embedding(ids, table, options.get('paddingIndex'))
    dy = r(*y.shape)
    (y * dy).sum().backward()
    files.setdefault('embedding', (section, []))[1].append(dict(layer='embedding', options=dict(options, vocabularySize=size, features=3),
        params=dict(embedding=tensor(table)), x=tensor(ids), y=tensor(y), dy=tensor(dy), gradients=dict(embedding=tensor(table.grad))))

# transposed convolutions; 'same' is the gradient of a padded convolution for its input
begin('transposed')
def add_transposed(layer, shape, options, out):
    """`shape` channels last; kernel [...size, outChannels/groups, inChannels]."""
    n, channels, groups = len(shape) - 2, shape[-1], options.get('groups', 1)
    every = lambda v: list(v) if isinstance(v, list) else [v] * n
    kernel, strides, extra = (every(options.get(name, default)) for name, default in (('kernelSize', 1), ('strides', 1), ('outputPadding', 0)))
    run = [F.conv_transpose1d, F.conv_transpose2d][n - 1]
    padding = options.get('padding', 'same')
    def transposed(x, p):
        w = p['kernel'].movedim((-1, -2), (0, 1))  # [in, out/groups, ...size]
        x = x.movedim(-1, 1)
        if padding == 'same':
            full = run(x, w, None, strides, 0, 0, groups)
            for axis, (size, k, s) in enumerate(zip(shape[1:-1], kernel, strides), 2):
                before = max(k - s, 0) // 2
                full = F.pad(full, [0, 0] * (n + 1 - axis) + [0, max(s - k, 0)]) if s > k else full.narrow(axis, before, size * s)
            y = full
        else: y = run(x, w, None, strides, [0] * n if padding == 'valid' else every(padding), extra, groups)
        return bias(y.movedim(1, -1), p)
    with_bias = {} if options.get('bias') is False else dict(bias=r(out))
    add(layer, transposed, r(*shape), dict(kernel=r(*kernel, out // groups, channels), **with_bias), dict(options, inChannels=channels, outChannels=out))


for shape, options, out in (
    ((2, 3, 4, 3), dict(kernelSize=3, strides=2), 4), ((1, 3, 4, 2), dict(kernelSize=4, strides=2, padding=1), 3), ((1, 3, 2, 2), dict(kernelSize=3, strides=2, padding=1, outputPadding=1), 3),
    ((1, 3, 3, 4), dict(kernelSize=3, strides=2, groups=2, bias=False), 6), ((1, 4, 3, 2), dict(kernelSize=3, padding='valid'), 2),
    ((1, 3, 2, 2), dict(kernelSize=[2, 1], strides=[3, 2], padding='valid', outputPadding=[2, 0]), 2), ((1, 3, 2, 2), dict(kernelSize=1, strides=2), 2), ((1, 4, 4, 2), dict(kernelSize=3), 4)):
    add_transposed('conv2dTranspose', shape, options, out)
for shape, options, out in (((2, 4, 3), dict(kernelSize=3, strides=2), 4), ((1, 5, 4), dict(kernelSize=5, strides=3, padding=2, outputPadding=2, groups=2, bias=False), 2), ((1, 4, 2), dict(kernelSize=3, padding='valid'), 2)):
    add_transposed('conv1dTranspose', shape, options, out)
# rmsNorm, instanceNorm, weightNorm, spectralNorm, against PyTorch's
begin('rmsNorm')
for shape, options in (((2, 3, 6), {}), ((1, 4), {}), ((3, 1), dict(epsilon=.1))):
    for scale in (1, 80, 0):
        add('rmsNorm', lambda x, p: F.rms_norm(x, [shape[-1]], p['gamma'], options.get('epsilon', 1e-6)), r(*shape) * scale,
            dict(gamma=r(shape[-1])), dict(options, features=shape[-1]))
begin('instanceNorm')
for shape, options, scale in (((2, 3, 4, 3), dict(gamma=True, beta=True), 1), ((2, 5, 2), {}, 40), ((1, 3, 2), dict(gamma=True, epsilon=.01), 1)):
    affine = {name: r(shape[-1]) for name in ('gamma', 'beta') if name in options}
    add('instanceNorm', lambda x, p: F.instance_norm(x.movedim(-1, 1), weight=p.get('gamma'), bias=p.get('beta'), eps=options.get('epsilon', 1e-5)).movedim(1, -1),
        r(*shape) * scale, affine, dict(options, channels=shape[-1]))
begin('weightNorm')
for options in ({}, dict(convolution=True)):
    def weighted(x, p):
        if not options: return x @ torch._weight_norm(p['layer.kernel'].T, p['magnitude'][:, None], 0).T + p['layer.bias']
        w = torch._weight_norm(p['layer.kernel'].permute(3, 2, 0, 1), p['magnitude'][:, None, None, None], 0)
        return nhwc(F.conv2d(nchw(x), w, p['layer.bias']))
    shape, kernel = ((2, 4), (4, 3)) if not options else ((1, 3, 3, 2), (2, 2, 2, 3))
    add('weightNorm', weighted, r(*shape), {'layer.kernel': r(*kernel), 'layer.bias': r(3), 'magnitude': r(3)}, options, step=.02)
begin('spectralNorm')
for training, options in ((True, {}), (False, {}), (True, dict(iterations=3))):
    w, u, v = r(4, 3), F.normalize(r(3), dim=0), F.normalize(r(4), dim=0)
    u, v = rounded(u), rounded(v)
    def spectral(x, p):
        module = nn.utils.parametrizations.spectral_norm(nn.Linear(4, 3).double(), n_power_iterations=options.get('iterations', 1))
        norm = module.parametrizations.weight[0]
        norm._u, norm._v = p['left'].clone(), p['right'].clone()
        module.train(training)
        norm.train(training)
        y = x @ norm(p['layer.kernel'].T).T + p['layer.bias']
        p['left'].copy_(norm._u)
        p['right'].copy_(norm._v)
        return y
    add('spectralNorm', spectral, r(2, 4), {'layer.kernel': w, 'layer.bias': r(3), 'left': u, 'right': v}, options, training, ('left', 'right'))

# pooling of sequences, to a given size, and of all positions; means with the zeros of the padding
begin('pooling')
def add_pools(layer, shape, options):
    n = len(shape) - 2
    every = lambda v: list(v) if isinstance(v, list) else [v] * n
    size = every(options.get('poolSize', 2)); strides = every(options.get('strides', size))
    mean = lambda x: [F.avg_pool1d, F.avg_pool2d][n - 1](x, size, strides)
    def average(x, p):
        x = x.movedim(-1, 1)
        pad = lambda x: padded_by(x, options.get('padding', 'valid'), size, strides, [1] * n)
        counted = mean(torch.ones_like(pad(x))) if options.get('countPadding') else mean(pad(torch.ones_like(x)))
        return (mean(pad(x)) / counted).movedim(1, -1)
    add('average' + layer, average, r(*shape), None, options)
    if 'countPadding' in options: return
    def largest(x, p):
        low = padded_by(x.movedim(-1, 1) - 1e3, options.get('padding', 'valid'), size, strides, [1] * n)  # zeros never win
        return ([F.max_pool1d, F.max_pool2d][n - 1](torch.where(low == 0, -math.inf, low), size, strides) + 1e3).movedim(1, -1)
    add('max' + layer, largest, r(*shape), None, options, step=.01)


for options in (dict(poolSize=3, strides=2, padding=1, countPadding=True), dict(poolSize=[3, 2], strides=2, padding='same', countPadding=True)): add_pools('Pool2d', (1, 6, 5, 2), options)
for shape, options in (((2, 6, 3), {}), ((1, 7, 2), dict(poolSize=3, strides=2, padding=1)), ((1, 5, 2), dict(padding='same')), ((1, 7, 2), dict(poolSize=3, strides=1, padding=2, countPadding=True))):
    add_pools('Pool1d', shape, options)
for shape in ((2, 3, 4, 5), (2, 3, 5)): add('globalMaxPool', lambda x, p: x.flatten(1, -2).max(1)[0], r(*shape), step=.01)
for shape, size in (((2, 5, 4, 3), [3, 2]), ((1, 4, 6, 2), [2, 3]), ((1, 7, 5, 2), 3), ((1, 3, 2, 2), 4)):
    add('adaptiveAveragePool2d', lambda x, p: nhwc(F.adaptive_avg_pool2d(nchw(x), size)), r(*shape), None, dict(outputSize=size))
    add('adaptiveMaxPool2d', lambda x, p: nhwc(F.adaptive_max_pool2d(nchw(x), size)), r(*shape), None, dict(outputSize=size), step=.01)
for shape, size in (((2, 5, 3), 3), ((1, 6, 2), 2)):
    add('adaptiveAveragePool1d', lambda x, p: F.adaptive_avg_pool1d(x.movedim(2, 1), size).movedim(1, 2), r(*shape), None, dict(outputSize=size))
    add('adaptiveMaxPool1d', lambda x, p: F.adaptive_max_pool1d(x.movedim(2, 1), size).movedim(1, 2), r(*shape), None, dict(outputSize=size), step=.01)
# positions and biases of scores, from their papers
begin('rotaryPositions')
def rotate(x, pairs='interleaved', base=10000.):
    """x [batch, tokens, heads, features]; complex numbers, as in Meta's code."""
    half = x.shape[-1] // 2
    angles = torch.arange(x.shape[1], dtype=torch.float64)[:, None] * base ** (-torch.arange(half, dtype=torch.float64) / half)
    one, two = (x[..., 0::2], x[..., 1::2]) if pairs == 'interleaved' else (x[..., :half], x[..., half:])
    y = torch.complex(one, two) * torch.polar(torch.ones_like(angles), angles)[:, None, :]
    return torch.stack([y.real, y.imag], -1).flatten(-2) if pairs == 'interleaved' else torch.cat([y.real, y.imag], -1)
for shape, options in (((2, 3, 2, 4), {}), ((2, 5, 1, 6), dict(pairs='halves')), ((1, 3, 2, 2), dict(base=100, pairs='interleaved'))):
    add('rotaryPositions', lambda x, p: rotate(x, options.get('pairs', 'interleaved'), options.get('base', 10000.)), r(*shape), None, dict(options, features=shape[-1]))
begin('sinCosPositions1d')
for shape, options in (((2, 3, 4), {}), ((1, 5, 6), dict(temperature=50))):
    tokens, features = shape[1:]
    angle = torch.arange(tokens, dtype=torch.float64)[:, None] * options.get('temperature', 10000.) ** (-torch.arange(0, features, 2, dtype=torch.float64) / features)
    add('sinCosPositions1d', lambda x, p: x + torch.stack([angle.sin(), angle.cos()], -1).flatten(1), r(*shape), None, dict(options, features=features))
begin('alibi')
def slopes(n):
    """As in the paper's code."""
    if math.log2(n).is_integer(): return [(2 ** (-2 ** -(math.log2(n) - 3))) ** (i + 1) for i in range(n)]
    closest = 2 ** math.floor(math.log2(n))
    return slopes(closest) + slopes(2 * closest)[0::2][:n - closest]
def linear_bias(scores):
    heads, queries, keys = scores.shape[1:]
    distance = (torch.arange(queries)[:, None] + keys - queries - torch.arange(keys)).abs()
    return scores - torch.tensor(slopes(heads), dtype=torch.float64)[:, None, None] * distance
for shape in ((2, 2, 3, 3), (1, 3, 2, 4), (1, 6, 1, 2)): add('alibi', lambda x, p: linear_bias(x), r(*shape), None, dict(heads=shape[1]))
begin('relativePositions')
def buckets_of(offset, bidirectional, count, largest):
    """As in T5; offset is the place of the key less that of the query."""
    result = torch.zeros_like(offset)
    if bidirectional:
        count //= 2
        result = (offset > 0).long() * count
        offset = offset.abs()
    else: offset = -offset.clamp(max=0)
    exact = count // 2
    large = exact + ((offset.float() / exact).log() / math.log(largest / exact) * (count - exact)).long().clamp(max=count - 1 - exact)
    return result + torch.where(offset < exact, offset, large)
def relative(scores, table, options):
    queries, keys = scores.shape[2:]
    offset = torch.arange(keys)[None] - torch.arange(queries)[:, None] - keys + queries
    ids = buckets_of(offset, options.get('bidirectional', True), options.get('buckets', 32), options.get('maxDistance', 128))
    return scores + table[ids].permute(2, 0, 1)
for shape, options in (((2, 2, 3, 4), dict(buckets=8, maxDistance=5)), ((1, 1, 40, 40), {}), ((1, 2, 9, 9), dict(buckets=6, maxDistance=7, bidirectional=False))):
    add('relativePositions', lambda x, p: relative(x, p['embedding'], options), r(*shape), dict(embedding=r(options.get('buckets', 32), shape[1])), dict(options, heads=shape[1]))

# multiHeadAttention with masks, groups, positions and biases, against PyTorch's operation
begin('multiHeadAttention with options')
def attend_with(q_in, k_in, p, heads, options, mask=None, name=''):
    few, size = options.get('keyValueHeads', heads), p[name + 'query.kernel'].shape[1] // heads
    project = lambda t, part, count: (t @ p[name + part + '.kernel'] + p.get(name + part + '.bias', 0)).reshape(*t.shape[:2], count, size)
    q, k, v = project(q_in, 'query', heads), project(k_in, 'key', few), project(k_in, 'value', few)
    if options.get('positions') == 'rotary': q, k = rotate(q), rotate(k)
    q, k, v = (t.transpose(1, 2) for t in (q, k, v))
    bias = torch.zeros(len(q_in), heads, q.shape[2], k.shape[2], dtype=torch.float64)
    if options.get('scoreBias') == 'alibi': bias = linear_bias(bias)
    if options.get('scoreBias') == 'relative': bias = relative(bias, p[name + 'scoreBias.embedding'], dict(buckets=8, maxDistance=5))
    if options.get('causal'): bias = bias.masked_fill(torch.ones(q.shape[2], k.shape[2]).triu(1 + k.shape[2] - q.shape[2]).bool(), -math.inf)
    if mask is not None:
        full = mask[:, None, None, :] if mask.dim() == 2 else mask[:, None] if mask.dim() == 3 else mask
        bias = bias.masked_fill(full == 0, -math.inf)
    mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias, enable_gqa=True)
    return mixed.transpose(1, 2).flatten(2) @ p[name + 'output.kernel'] + p.get(name + 'output.bias', 0)
def attention_params(features, heads, options, name=''):
    few, params = options.get('keyValueHeads', heads) * features // heads, {}
    for part, outs in (('query', features), ('key', few), ('value', few), ('output', features)):
        params[name + part + '.kernel'] = r(features, outs)
        if options.get('bias', True): params[name + part + '.bias'] = r(outs)
    if options.get('scoreBias') == 'relative': params[name + 'scoreBias.embedding'] = r(8, heads)
    return params
some = torch.tensor([[1, 1, 1, 0], [1, 1, 0, 0]], dtype=torch.float64)
every = torch.tensor([[[1, 0, 1, 0], [1, 1, 1, 1], [0, 0, 1, 0], [1, 1, 0, 1]]], dtype=torch.float64)
for options, mask in ((dict(causal=True, keyValueHeads=2, positions='rotary'), None), (dict(causal=True), some), (dict(), every.repeat(2, 1, 1)), (dict(), every[:, None]),
                      (dict(scoreBias='alibi', causal=True, bias=False), None), (dict(scoreBias='relative', keyValueHeads=1), some)):
    add('multiHeadAttention', lambda x, p: attend_with(x, x, p, 4, options, mask), r(2, 4, 8) * .5, attention_params(8, 4, options), dict(options, features=8, heads=4),
        inputs=None if mask is None else dict(mask=mask))

# transformer blocks, against PyTorch's modules
begin('transformerEncoderBlock')
def module_weights(p, decoder):
    weights = {}
    for theirs, ours in (('self_attn', 'attention'), *((('multihead_attn', 'crossAttention'),) if decoder else ())):
        weights[theirs + '.in_proj_weight'] = torch.cat([p[f'{ours}.{part}.kernel'].T for part in ('query', 'key', 'value')])
        weights[theirs + '.in_proj_bias'] = torch.cat([p[f'{ours}.{part}.bias'] for part in ('query', 'key', 'value')])
        weights[theirs + '.out_proj.weight'], weights[theirs + '.out_proj.bias'] = p[ours + '.output.kernel'].T, p[ours + '.output.bias']
    for theirs, ours in (('linear1', 'hidden'), ('linear2', 'output')): weights[theirs + '.weight'], weights[theirs + '.bias'] = p[ours + '.kernel'].T, p[ours + '.bias']
    for theirs, ours in (('norm1', 'attentionNorm'), *((('norm2', 'crossNorm'), ('norm3', 'outputNorm')) if decoder else (('norm2', 'outputNorm'),))):
        weights[theirs + '.weight'], weights[theirs + '.bias'] = p[ours + '.gamma'], p[ours + '.beta']
    return weights
for decoder, options, masked in ((False, dict(activation='gelu'), False), (False, dict(normFirst=True, activation='gelu', causal=True), True), (False, dict(hiddenFeatures=5), True),
                                 (True, dict(activation='gelu'), False), (True, dict(normFirst=True, hiddenFeatures=5), True)):
    features, heads, hidden = 4, 2, options.get('hiddenFeatures', 16)
    kind = nn.TransformerDecoderLayer if decoder else nn.TransformerEncoderLayer
    module = kind(features, heads, hidden, 0., options.get('activation', 'relu'), batch_first=True, norm_first=options.get('normFirst', False)).double().train()
    memory = r(2, 4, features)
    mask = torch.tensor([[1, 1, 1], [1, 1, 0]], dtype=torch.float64)
    def transform(x, p):
        later = torch.ones(3, 3).triu(1).bool() if decoder or options.get('causal') else None
        hidden_tokens = mask == 0 if masked else None
        if decoder: return functional_call(module, module_weights(p, True), (x, memory, later, None, hidden_tokens, some == 0 if masked else None))
        return functional_call(module, module_weights(p, False), (x, later, hidden_tokens))
    params = attention_params(features, heads, {}, 'attention.')
    if decoder: params.update(attention_params(features, heads, {}, 'crossAttention.'))
    for name in ('attentionNorm', 'outputNorm', *(('crossNorm',) if decoder else ())): params.update({name + '.gamma': r(features), name + '.beta': r(features)})
    params.update({'hidden.kernel': r(features, hidden), 'hidden.bias': r(hidden), 'output.kernel': r(hidden, features), 'output.bias': r(features)})
    inputs = {**(dict(mask=mask) if masked else {}), **(dict(memory=memory) if decoder else {}), **(dict(memoryMask=some) if decoder and masked else {})}
    add('transformerDecoderBlock' if decoder else 'transformerEncoderBlock', transform, r(2, 3, features), params, dict(options, features=features, heads=heads), inputs=inputs or None, step=.03)

# other arrangements of the same values, and larger images
begin('arrangements')
for shape, size in (((2, 3, 4), [4, 3]), ((2, 12), [2, 3, -1])): add('reshape', lambda x, p: x.reshape(2, *size), r(*shape), None, dict(shape=size))
for shape, axes in (((2, 3, 4), [2, 1]), ((2, 3, 4, 2), [3, 1, 2])): add('permute', lambda x, p: x.permute(0, *axes), r(*shape), None, dict(axes=axes))
for shape, edges in (((2, 5, 3), 1), ((1, 5, 2), [3, 0])):
    start, end = pair(edges)
    add('zeroPadding1d', lambda x, p: F.pad(x, [0, 0, start, end]), r(*shape), None, dict(padding=edges))
    add('cropping1d', lambda x, p: F.pad(x, [0, 0, -start, -end]), r(*shape), None, dict(cropping=edges))
for shape, edges in (((2, 4, 5, 3), [1, 2]), ((1, 4, 3, 2), 1), ((1, 5, 4, 2), [[2, 0], [0, 1]])):
    (top, bottom), (left, right) = (pair(side) for side in pair(edges))
    add('zeroPadding2d', lambda x, p: F.pad(x, [0, 0, left, right, top, bottom]), r(*shape), None, dict(padding=edges))
    add('cropping2d', lambda x, p: F.pad(x, [0, 0, -left, -right, -top, -bottom]), r(*shape), None, dict(cropping=edges))
for shape, options in (((2, 3, 4, 2), dict(interpolation='bilinear')), ((1, 3, 2, 2), {}), ((1, 3, 2, 2), dict(scale=[3, 2])), ((1, 1, 3, 2), dict(scale=[2, 3], interpolation='bilinear')), ((1, 4, 3, 1), dict(scale=[4, 1], interpolation='bilinear'))):
    mode = options.get('interpolation', 'nearest')
    scale = [float(s) for s in pair(options.get('scale', 2))]
    add('upsampling2d', lambda x, p: nhwc(F.interpolate(nchw(x), scale_factor=scale, mode=mode, **(dict(align_corners=False) if mode == 'bilinear' else {}))), r(*shape), None, options)
for shape, options in (((2, 4, 3), dict(interpolation='linear')), ((1, 3, 2), dict(scale=3))):
    mode = options.get('interpolation', 'nearest')
    add('upsampling1d', lambda x, p: F.interpolate(x.movedim(2, 1), scale_factor=options.get('scale', 2), mode=mode, **(dict(align_corners=False) if mode == 'linear' else {})).movedim(1, 2), r(*shape), None, options)
for shape, scale in (((2, 2, 3, 8), 2), ((1, 2, 1, 9), 3)):
    add('pixelShuffle', lambda x, p: nhwc(F.pixel_shuffle(nchw(x), scale)), r(*shape), None, dict(scale=scale))
for shape, scale in (((2, 4, 6, 2), 2), ((1, 3, 6, 2), 3)):
    add('pixelUnshuffle', lambda x, p: nhwc(F.pixel_unshuffle(nchw(x), scale)), r(*shape), None, dict(scale=scale))

# recurrent layers with lengths and initial states: each sequence alone, without its padding
begin('recurrent states')
def each(x, lengths, run, output):
    """run(sequence [1, steps, features], its index) -> [1, steps, units]; padding is 0."""
    values = [run(x[b:b + 1, :int(n)], b)[0] for b, n in enumerate(lengths)]
    if output == 'last': return torch.stack([v[-1] for v in values])
    if output == 'mean': return torch.stack([v.mean(0) for v in values])
    return torch.stack([F.pad(v, (0, 0, 0, x.shape[1] - len(v))) for v in values])
full, short = torch.tensor([4., 4., 4.], dtype=torch.float64), torch.tensor([2., 4., 1.], dtype=torch.float64)
zeros = lambda *shape: torch.zeros(*shape, dtype=torch.float64)
rest = (True, 1, 0., True, False, True)
units, features = 2, 3
h0, c0 = r(3, units), r(3, units)
for output, lengths, given in (('last', short, True), ('all', short, False), ('mean', short, True), ('all', full, True)):
    options = dict(inFeatures=features, units=units, output=output)
    inputs = {**({} if lengths is full else dict(lengths=lengths)), **(dict(state=h0) if given else {})}
    start = lambda t, b: t[None, b:b + 1] if given else zeros(1, 1, units)
    def gru_run(x, p):
        weights = [p['input.kernel'].T, p['recurrent.kernel'].T, p['input.bias'], torch.cat([zeros(2 * units), p['recurrent.bias']])]
        return each(x, lengths, lambda s, b: torch.gru(s, start(h0, b), weights, *rest)[0], output)
    add('gru', gru_run, r(3, 4, features), {'input.kernel': r(features, 3 * units), 'input.bias': r(3 * units), 'recurrent.kernel': r(units, 3 * units), 'recurrent.bias': r(units)}, options, inputs=inputs)
    def lstm_run(x, p):
        weights = [p['input.kernel'].T, p['recurrent.kernel'].T, p['input.bias'], zeros(4 * units)]
        return each(x, lengths, lambda s, b: torch.lstm(s, (start(h0, b), start(c0, b)), weights, *rest)[0], output)
    add('lstm', lstm_run, r(3, 4, features), {'input.kernel': r(features, 4 * units), 'input.bias': r(4 * units), 'recurrent.kernel': r(units, 4 * units)}, options,
        inputs={**inputs, **(dict(cell=c0) if given else {})})
def reversed_gru(x, p):
    def run(s, b):
        weights = []
        for name in ('forward', 'backward'):
            weights += [p[name + '.input.kernel'].T, p[name + '.recurrent.kernel'].T, p[name + '.input.bias'], torch.cat([zeros(2 * units), p[name + '.recurrent.bias']])]
        return torch.gru(s, zeros(2, 1, units), weights, True, 1, 0., True, True, True)[0]
    return each(x, short, run, 'all')
gru_params = lambda name, ins: {name + 'input.kernel': r(ins, 3 * units), name + 'input.bias': r(3 * units), name + 'recurrent.kernel': r(units, 3 * units), name + 'recurrent.bias': r(units)}
add('bidirectional', reversed_gru, r(3, 4, features), {**gru_params('forward.', features), **gru_params('backward.', features)}, dict(cell='gru', inFeatures=features, units=units), inputs=dict(lengths=short))

# simpleRnn and stacked against PyTorch's operations, minGru and linearRecurrentUnit step by step from their papers
variants = (('last', full, False), ('all', short, True), ('mean', short, False))
begin('simpleRnn')
for output, lengths, given in variants:
    inputs = {**({} if lengths is full else dict(lengths=lengths)), **(dict(state=h0) if given else {})}
    start = lambda b: h0[None, b:b + 1] if given else zeros(1, 1, units)
    for name, operation in (('tanh', torch.rnn_tanh), ('relu', torch.rnn_relu)):
        def rnn_run(x, p):
            weights = [p['input.kernel'].T, p['recurrent.kernel'].T, p['input.bias'], zeros(units)]
            return each(x, lengths, lambda s, b: operation(s, start(b), weights, *rest)[0], output)
        add('simpleRnn', rnn_run, r(3, 4, features), {'input.kernel': r(features, units), 'input.bias': r(units), 'recurrent.kernel': r(units, units)},
            dict(inFeatures=features, units=units, output=output, **(dict(activation='relu') if name == 'relu' else {})), inputs=inputs or None)
begin('minGru')
for output, lengths, given in variants:
    inputs = {**({} if lengths is full else dict(lengths=lengths)), **(dict(state=h0) if given else {})}
    def steps(s, b, p):
        h, values = h0[b:b + 1] if given else zeros(1, units), []
        for t in range(s.shape[1]):
            z, candidate = (s[:, t] @ p['kernel'] + p['bias']).chunk(2, 1)
            h = (1 - z.sigmoid()) * h + z.sigmoid() * candidate
            values.append(h)
        return torch.stack(values, 1)
    add('minGru', lambda x, p: each(x, lengths, lambda s, b: steps(s, b, p), output), r(3, 4, features), dict(kernel=r(features, 2 * units), bias=r(2 * units)),
        dict(inFeatures=features, units=units, output=output), inputs=inputs or None)
begin('linearRecurrentUnit')
complex_state = r(3, 2 * units)
for output, lengths, given in (('all', full, False), ('last', short, True), ('mean', short, False)):
    inputs = {**({} if lengths is full else dict(lengths=lengths)), **(dict(state=complex_state) if given else {})}
    def unit_steps(s, b, p):
        factor = torch.polar((-p['logDecay'].exp()).exp(), p['logPhase'].exp())
        h = torch.complex(*complex_state[b:b + 1].chunk(2, 1)) if given else torch.zeros(1, units, dtype=torch.complex128)
        values = []
        for t in range(s.shape[1]):
            h = factor * h + p['logScale'].exp() * (s[:, t].to(torch.complex128) @ torch.complex(*p['inputKernel']))
            values.append((h @ torch.complex(*p['outputKernel'])).real + p['direct'] * s[:, t])
        return torch.stack(values, 1)
    add('linearRecurrentUnit', lambda x, p: each(x, lengths, lambda s, b: unit_steps(s, b, p), output), r(3, 4, features),
        dict(logDecay=r(units) * .5, logPhase=r(units) * .5, logScale=r(units) * .5, inputKernel=r(2, features, units), outputKernel=r(2, units, features), direct=r(features)),
        dict(inFeatures=features, units=units, output=output), inputs=inputs or None, step=.03)
begin('stacked')
stack_state = r(2, 3, units)
for lengths, given in ((full, False), (short, True)):
    inputs = {**({} if lengths is full else dict(lengths=lengths)), **(dict(state=stack_state) if given else {})}
    def both_layers(s, b, p):
        weights = []
        for name in ('0.', '1.'): weights += [p[name + 'input.kernel'].T, p[name + 'recurrent.kernel'].T, p[name + 'input.bias'], torch.cat([zeros(2 * units), p[name + 'recurrent.bias']])]
        return torch.gru(s, stack_state[:, b:b + 1] if given else zeros(2, 1, units), weights, True, 2, 0., True, False, True)[0]
    add('stacked', lambda x, p: each(x, lengths, lambda s, b: both_layers(s, b, p), 'last'), r(3, 4, features), {**gru_params('0.', features), **gru_params('1.', units)}, None, inputs=inputs or None)

# squeezeExcite, classToken, patchMerging (as in Swin's code), layerScale
begin('squeezeExcite')
for shape, options in (((2, 3, 4, 3), dict(hiddenChannels=2, activation='gelu')), ((2, 5, 2), {})):
    channels, hidden = shape[-1], options.get('hiddenChannels', 1)
    act = F.gelu if 'activation' in options else F.relu
    def excite(x, p):
        squeezed = act(x.flatten(1, -2).mean(1) @ p['squeeze.kernel'] + p['squeeze.bias'])
        factors = (squeezed @ p['excite.kernel'] + p['excite.bias']).sigmoid()
        return (x.flatten(1, -2) * factors[:, None]).reshape(x.shape)
    add('squeezeExcite', excite, r(*shape), {'squeeze.kernel': r(channels, hidden), 'squeeze.bias': r(hidden), 'excite.kernel': r(hidden, channels), 'excite.bias': r(channels)},
        dict(options, channels=channels), step=.03)
begin('classToken')
for count in (1, 2): add('classToken', lambda x, p: torch.cat([p['embedding'].expand(len(x), -1, -1), x], 1), r(2, 3, 4), dict(embedding=r(count, 4)), dict(features=4, **(dict(tokens=2) if count == 2 else {})))
begin('patchMerging')
for height, width, out in ((2, 4, None), (4, 2, 3)):
    def merged(x, p):
        grid = x.reshape(len(x), height, width, 2)
        four = torch.cat([grid[:, 0::2, 0::2], grid[:, 1::2, 0::2], grid[:, 0::2, 1::2], grid[:, 1::2, 1::2]], -1).flatten(1, 2)
        return F.layer_norm(four, [8], p['norm.gamma'], p['norm.beta']) @ p['reduction.kernel']
    add('patchMerging', merged, r(2, height * width, 2), {'norm.gamma': r(8), 'norm.beta': r(8), 'reduction.kernel': r(8, out or 4)},
        dict(height=height, width=width, features=2, **({} if out is None else dict(outFeatures=out))), step=.03)
begin('layerScale')
add('layerScale', lambda x, p: x * p['gamma'], r(2, 3, 4), dict(gamma=r(4)), dict(channels=4))

for layer, (seed, cases) in files.items(): save('layers', layer, cases, seed, {})

# running statistics after several steps of training, and what they make of an example
begin('batch-norm-steps')
module = nn.BatchNorm1d(3, momentum=.3).double()
batches = [r(n, 3) * n for n in (4, 2, 7)]
for batch in batches: module(batch)
module.eval()
example = r(2, 3)
save('layers', 'batch-norm-steps', dict(batches=[tensor(batch) for batch in batches], x=tensor(example), y=tensor(module(example)),
     runningMean=numbers(module.running_mean), runningVariance=numbers(module.running_var)), section, {})
