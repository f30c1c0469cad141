"""Tiny networks of every architecture in float64: logits, loss, gradients, and the losses of ten steps of SGD.
Run with `python3 tools/goldens/architectures.py`.

Parameters are leaves in this project's layout and by its names, as in layers.py."""
import math
import torch, torch.nn.functional as F
from golden import save, seeded, short as rounded_number

r = lambda *shape: torch.randn(*shape, dtype=torch.float64)
short = lambda t: [rounded_number(value) for value in t.detach().double().flatten().tolist()]
tensor = lambda t: dict(shape=list(t.shape), values=short(t))
coarse = lambda t, unit=64: torch.round(t * unit) / unit  # exact in float32, and short to write
nchw = lambda x: x.permute(0, 3, 1, 2)
nhwc = lambda x: x.permute(0, 2, 3, 1)
files = {}  # name -> cases


class Net:
    """Parameters by name; `training` says which statistics batch norms take."""
    def __init__(self): self.params, self.training = {}, True

    def make(self, name, *shape, scale=None, frozen=False, value=None):
        fan_in = max(1, torch.Size(shape[:-1]).numel())
        value = coarse(r(*shape) * (scale or fan_in ** -.5), 256) if value is None else value
        self.params[name] = value if frozen else value.requires_grad_()

    def dense(self, name, i, o, bias=True):
        self.make(name + '.kernel', i, o)
        if bias: self.make(name + '.bias', o, scale=.2)

    def apply_dense(self, name, x):
        y = x @ self.params[name + '.kernel']
        return y + self.params[name + '.bias'] if name + '.bias' in self.params else y

    def conv(self, name, x):
        return nhwc(F.conv2d(nchw(x), self.params[name + '.kernel'].permute(3, 2, 0, 1), None, padding='same' if 'whiten' not in name else 'valid'))

    def batch_norm(self, name, c, scale=True):
        if scale: self.make(name + '.gamma', c, value=coarse(1 + .2 * r(c), 256))
        self.make(name + '.beta', c, scale=.2)
        self.make(name + '.runningMean', c, frozen=True, value=torch.zeros(c).double())
        self.make(name + '.runningVariance', c, frozen=True, value=torch.ones(c).double())

    def apply_batch_norm(self, name, x, epsilon=1e-5, momentum=.1):
        p = lambda key: self.params.get(name + '.' + key)
        return F.batch_norm(x.reshape(-1, x.shape[-1]), p('runningMean'), p('runningVariance'), p('gamma'), p('beta'), self.training, momentum, epsilon).reshape(x.shape)

    def layer_norm(self, name, d):
        self.make(name + '.gamma', d, value=coarse(1 + .2 * r(d), 256)); self.make(name + '.beta', d, scale=.2)

    def apply_layer_norm(self, name, x):
        return F.layer_norm(x, x.shape[-1:], self.params[name + '.gamma'], self.params[name + '.beta'])


pool = lambda x, size: nhwc(F.max_pool2d(nchw(x), size))
AIRBENCH_NORM = dict(epsilon=1e-12, momentum=.4)


def whiten(net):
    net.make('whiten.kernel', 2, 2, 3, 24, frozen=True); net.make('whiten.bias', 24, scale=.1)
    return lambda x: F.gelu(net.conv('whiten', x) + net.params['whiten.bias'])


def airbench(net, imageSize, widths, classes):
    first = whiten(net)
    channels = 24
    for i, width in enumerate(widths):
        for conv, norm, c in (('conv1', 'norm1', channels), ('conv2', 'norm2', width)):
            net.make(f'block{i + 1}.{conv}.kernel', 3, 3, c, width); net.batch_norm(f'block{i + 1}.{norm}', width, False)
        channels = width
    net.dense('head', channels, classes, False)
    def forward(x):
        x = first(x)
        for i in range(len(widths)):
            x = pool(net.conv(f'block{i + 1}.conv1', x), 2)
            x = F.gelu(net.apply_batch_norm(f'block{i + 1}.norm1', x, **AIRBENCH_NORM))
            x = F.gelu(net.apply_batch_norm(f'block{i + 1}.norm2', net.conv(f'block{i + 1}.conv2', x), **AIRBENCH_NORM))
        return net.apply_dense('head', pool(x, (imageSize - 1) // 8).flatten(1)) / 9
    return forward


def mlp(net, inFeatures, widths, classes, dropoutRate):
    sizes = [inFeatures, *widths]
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])): net.dense(f'layer{i + 1}.dense', a, b); net.batch_norm(f'layer{i + 1}.norm', b)
    net.dense('head', sizes[-1], classes)
    def forward(x):
        x = x.flatten(1)
        for i in range(len(sizes) - 1): x = F.gelu(net.apply_batch_norm(f'layer{i + 1}.norm', net.apply_dense(f'layer{i + 1}.dense', x)))
        return net.apply_dense('head', x)
    return forward


def transformer(net, depth, width, heads, mlp, locality=False):
    for i in range(1, depth + 1):
        net.layer_norm(f'block{i}.norm1', width)
        for part in ('query', 'key', 'value', 'output'): net.dense(f'block{i}.attention.{part}', width, width)
        if locality: net.make(f'block{i}.attention.temperature.scale', heads, scale=.5)
        net.layer_norm(f'block{i}.norm2', width); net.dense(f'block{i}.mlp.dense1', width, mlp); net.dense(f'block{i}.mlp.dense2', mlp, width)
    net.layer_norm('norm', width)
    def forward(x):
        B, T, D = x.shape
        for i in range(1, depth + 1):
            h = net.apply_layer_norm(f'block{i}.norm1', x)
            q, k, v = (net.apply_dense(f'block{i}.attention.{part}', h).reshape(B, T, heads, D // heads).transpose(1, 2) for part in ('query', 'key', 'value'))
            scores = q @ k.transpose(2, 3)
            if locality: scores = (scores * net.params[f'block{i}.attention.temperature.scale'][:, None, None]).masked_fill(torch.eye(T, dtype=torch.bool), -math.inf)
            else: scores = scores / (D // heads) ** .5
            mixed = scores.softmax(-1) @ v
            x = x + net.apply_dense(f'block{i}.attention.output', mixed.transpose(1, 2).reshape(B, T, D))
            h = net.apply_dense(f'block{i}.mlp.dense1', net.apply_layer_norm(f'block{i}.norm2', x))
            x = x + net.apply_dense(f'block{i}.mlp.dense2', F.gelu(h))
        return net.apply_layer_norm('norm', x).mean(1)
    return forward


def sincos(side, d):
    rows, columns = torch.meshgrid(torch.arange(side), torch.arange(side), indexing='ij')
    omega = 10000. ** -(torch.arange(d // 4, dtype=torch.float64) / (d // 4 - 1))
    waves = [f(at.flatten().double()[:, None] * omega) for at in (columns, rows) for f in (torch.sin, torch.cos)]
    return torch.cat(waves, 1)


def vit(net, imageSize, patchSize, width, depth, heads, mlpWidth, classes, positions, tokens='patches', attention='global'):
    side = imageSize // patchSize
    if tokens == 'shifted': net.layer_norm('patches.norm', 5 * patchSize ** 2 * 3); net.dense('patches.project', 5 * patchSize ** 2 * 3, width)
    else: net.dense('patches', patchSize ** 2 * 3, width)
    if positions == 'learned': net.make('positions.embedding', side * side, width, scale=.2)
    blocks = transformer(net, depth, width, heads, mlpWidth, attention == 'locality')
    net.dense('head', width, classes)
    def embed(x):
        if tokens == 'shifted':
            h, n = patchSize // 2, nchw(x)
            copies = torch.cat([n] + [F.pad(n, pad) for pad in ((-h, h, -h, h), (h, -h, -h, h), (-h, h, h, -h), (h, -h, h, -h))], 1)
            columns = F.unfold(copies, patchSize, stride=patchSize).reshape(len(x), 15, patchSize ** 2, -1).permute(0, 3, 2, 1).flatten(2)
            return net.apply_dense('patches.project', net.apply_layer_norm('patches.norm', columns))
        kernel = net.params['patches.kernel'].reshape(patchSize, patchSize, 3, width).permute(3, 2, 0, 1)
        return F.conv2d(nchw(x), kernel, net.params['patches.bias'], patchSize).flatten(2).transpose(1, 2)
    def forward(x):
        embedded = embed(x) + (net.params['positions.embedding'] if positions == 'learned' else sincos(side, width))
        return net.apply_dense('head', blocks(embedded))
    return forward


def vitHybrid(net, imageSize, stemWidth, width, depth, heads, mlpWidth, classes):
    first, side = whiten(net), (imageSize - 1) // 4
    channels = (24, stemWidth, stemWidth, width)
    for i in (1, 2, 3): net.make(f'stem.conv{i}.kernel', 3, 3, *channels[i - 1:i + 1]); net.batch_norm(f'stem.norm{i}', channels[i], False)
    net.dense('tokens', width, width); net.make('positions.embedding', side * side, width, scale=.2)
    blocks = transformer(net, depth, width, heads, mlpWidth)
    net.dense('head', width, classes)
    def forward(x):
        x = first(x)
        for i in (1, 2, 3):
            x = net.conv(f'stem.conv{i}', x)
            x = F.gelu(net.apply_batch_norm(f'stem.norm{i}', x if i == 2 else pool(x, 2), **AIRBENCH_NORM))
        return net.apply_dense('head', blocks(net.apply_dense('tokens', x.reshape(len(x), side * side, width)) + net.params['positions.embedding']))
    return forward


def rowRnn(net, cell, imageSize, inChannels, width, classes):
    channels, units = inChannels, width
    features, gates = imageSize * channels, dict(lstm=4, gru=3)[cell]
    net.make('cell.input.kernel', features, gates * units); net.make('cell.input.bias', gates * units, scale=.2)
    net.make('cell.recurrent.kernel', units, gates * units)
    if cell == 'gru': net.make('cell.recurrent.bias', units, scale=.2)
    net.dense('head', 2 * units, classes)
    def forward(x):
        p = net.params; zeros = lambda *shape: torch.zeros(*shape, dtype=torch.float64)
        weights = [p['cell.input.kernel'].T, p['cell.recurrent.kernel'].T, p['cell.input.bias']]
        state = zeros(1, len(x), units); rest = (True, 1, 0., True, False, True)
        rows = x.reshape(len(x), imageSize, features)
        if cell == 'lstm': h = torch.lstm(rows, (state, state), [*weights, zeros(4 * units)], *rest)[0]
        else: h = torch.gru(rows, state, [*weights, torch.cat([zeros(2 * units), p['cell.recurrent.bias']])], *rest)[0]
        return net.apply_dense('head', torch.cat([h[:, -1], h.mean(1)], 1))
    return forward


def reNet(net, cell, imageSize, patchSize, width, depth, classes):
    side, units, gates = imageSize // patchSize, width // 2, dict(lstm=4, gru=3)[cell]
    net.dense('patches', patchSize ** 2 * 3, width)
    for i in range(1, depth + 1):
        for norm, sweep in (('norm1', 'rows'), ('norm2', 'columns')):
            net.layer_norm(f'block{i}.{norm}', width)
            for way in ('forward', 'backward'):
                at = f'block{i}.{sweep}.{way}'
                net.make(at + '.input.kernel', width, gates * units); net.make(at + '.input.bias', gates * units, scale=.2)
                net.make(at + '.recurrent.kernel', units, gates * units)
                if cell == 'gru': net.make(at + '.recurrent.bias', units, scale=.2)
    net.layer_norm('norm', width); net.dense('head', width, classes)
    def sweep(at, x):  # [sequences, time, width]
        zeros = lambda *shape: torch.zeros(*shape, dtype=torch.float64)
        weights, state, rest = [], zeros(2, len(x), units), (True, 1, 0., True, True, True)
        for way in ('forward', 'backward'):
            p = lambda name: net.params[f'{at}.{way}.{name}']
            second = torch.cat([zeros(2 * units), p('recurrent.bias')]) if cell == 'gru' else zeros(4 * units)
            weights += [p('input.kernel').T, p('recurrent.kernel').T, p('input.bias'), second]
        return torch.lstm(x, (state, state), weights, *rest)[0] if cell == 'lstm' else torch.gru(x, state, weights, *rest)[0]
    def forward(x):
        kernel = net.params['patches.kernel'].reshape(patchSize, patchSize, 3, width).permute(3, 2, 0, 1)
        grid = nhwc(F.conv2d(nchw(x), kernel, net.params['patches.bias'], patchSize))  # [batch, side, side, width]
        for i in range(1, depth + 1):
            rows = net.apply_layer_norm(f'block{i}.norm1', grid)
            grid = grid + sweep(f'block{i}.rows', rows.reshape(-1, side, width)).reshape(grid.shape)
            columns = net.apply_layer_norm(f'block{i}.norm2', grid).transpose(1, 2)
            grid = grid + sweep(f'block{i}.columns', columns.reshape(-1, side, width)).reshape(grid.shape).transpose(1, 2)
        return net.apply_dense('head', net.apply_layer_norm('norm', grid).mean((1, 2)))
    return forward


def resNet(net, inChannels, width, depth, classes):
    widths, blocks = (width, 2 * width, 4 * width), (depth - 2) // 6
    def strided(name, x, stride): return nhwc(F.conv2d(nchw(x), net.params[name + '.kernel'].permute(3, 2, 0, 1), None, stride, 1))
    net.make('conv.kernel', 3, 3, inChannels, width); net.batch_norm('norm', width)
    channels = width
    for s, to in enumerate(widths):
        for b in range(blocks):
            at = f'stage{s + 1}.{b}'
            net.make(at + '.conv1.kernel', 3, 3, channels, to); net.batch_norm(at + '.norm1', to)
            net.make(at + '.conv2.kernel', 3, 3, to, to); net.batch_norm(at + '.norm2', to)
            channels = to
    net.dense('head', channels, classes)
    def forward(x):
        x = F.relu(net.apply_batch_norm('norm', strided('conv', x, 1)))
        for s in range(3):
            for b in range(blocks):
                at, stride = f'stage{s + 1}.{b}', 2 if s > 0 and b == 0 else 1
                y = F.relu(net.apply_batch_norm(at + '.norm1', strided(at + '.conv1', x, stride)))
                y = net.apply_batch_norm(at + '.norm2', strided(at + '.conv2', y, 1))
                if stride == 2: x = F.pad(x[:, ::2, ::2], [x.shape[3] // 2] * 2)
                x = F.relu(x + y)
        return net.apply_dense('head', x.mean((1, 2)))
    return forward


def add(name, build, options, shape, learning_rate, steps=10):
    cases = files.setdefault(name, [])
    seeded(f'{name} {len(cases)}')  # a separate stream per case, so that a new case changes no other
    net = Net()
    forward = build(net, **options)
    params = {key: tensor(value) for key, value in net.params.items()}
    x, labels = coarse(r(*shape)), torch.randint(0, options['classes'], shape[:1])
    losses = []
    for step in range(steps):
        trained = {key: value for key, value in net.params.items() if value.requires_grad}
        logits = forward(x)
        loss = F.cross_entropy(logits, labels, label_smoothing=.2)
        gradients = torch.autograd.grad(loss, list(trained.values()))
        losses.append(float('%.9g' % loss.item()))
        if step == 0:
            first = dict(logits=tensor(logits), gradients={key: tensor(g) for key, g in zip(trained, gradients)})
        with torch.no_grad():
            for value, gradient in zip(trained.values(), gradients): value -= learning_rate * gradient
    net.training = False
    with torch.no_grad(): predicted = forward(x)
    cases.append(dict(name=name, options=options, params=params, x=tensor(x), labels=labels.tolist(), learningRate=learning_rate, losses=losses, predicted=tensor(predicted), **first))


add('airbench', airbench, dict(imageSize=20, widths=[3, 4, 5], classes=4), (3, 20, 20, 3), .7)
add('mlp', mlp, dict(inFeatures=12, widths=[8, 6], classes=3, dropoutRate=0), (5, 2, 2, 3), .3)
vit_options = dict(imageSize=8, patchSize=2, width=8, depth=2, heads=2, mlpWidth=12, classes=3)
add('vit', vit, dict(vit_options, positions='sincos2d'), (4, 8, 8, 3), .2)
add('vit', vit, dict(vit_options, positions='learned', depth=1, heads=1), (1, 8, 8, 3), .1)
add('vitHybrid', vitHybrid, dict(imageSize=20, stemWidth=4, width=8, depth=1, heads=2, mlpWidth=6, classes=3), (3, 20, 20, 3), .005)
add('rowRnn', rowRnn, dict(cell='lstm', imageSize=6, inChannels=2, width=5, classes=3), (4, 6, 6, 2), .5)
add('rowRnn', rowRnn, dict(cell='gru', imageSize=6, inChannels=2, width=5, classes=3), (4, 6, 6, 2), .5)
add('vit', vit, dict(vit_options, positions='learned', tokens='shifted', attention='locality'), (4, 8, 8, 3), .2)
add('reNet', reNet, dict(cell='gru', imageSize=8, patchSize=2, width=6, depth=2, classes=3), (4, 8, 8, 3), .5)
add('reNet', reNet, dict(cell='lstm', imageSize=6, patchSize=3, width=4, depth=1, classes=3), (3, 6, 6, 3), .5)
add('resNet', resNet, dict(inChannels=2, width=2, depth=8, classes=3), (4, 8, 8, 2), .1)
add('resNet', resNet, dict(inChannels=3, width=2, depth=14, classes=3), (3, 7, 7, 3), .05)
for name, cases in files.items(): save('architectures', name, cases, seeded(name), {})

# whitening filters of smooth images by torch.linalg.eigh; of each eigenvector the sign whose largest entry is positive
seed = seeded('computeWhiteningFilters')
size, cases = 8, []
for count, epsilon in ((12, 5e-4), (5, 1e-2)):
    images = coarse(F.avg_pool2d(r(12, 3, size + 4, size + 4) * torch.tensor([1., .8, 1.2], dtype=torch.float64).reshape(3, 1, 1), 5, 1) * 5 + .3 * r(12, 3, size, size))
    images = nhwc(images + images.roll(1, 1) * .5).contiguous()
    patches = torch.stack([images[:count, u:size - 1 + u, v:size - 1 + v] for u in (0, 1) for v in (0, 1)], 3).reshape(-1, 12)
    values, vectors = torch.linalg.eigh(patches.T @ patches / len(patches))
    filters = (vectors / torch.sqrt(values + epsilon)).flip(1)
    filters = filters * torch.sign(filters.gather(0, filters.abs().argmax(0, keepdim=True)))
    kernel = torch.cat([filters, -filters], 1).reshape(2, 2, 3, 24)
    cases.append(dict(images=tensor(images), count=count, epsilon=epsilon, eigenvalues=short(values.flip(0)), kernel=tensor(kernel)))
save('architectures', 'computeWhiteningFilters', cases, seed, {})
